package app

import (
	"baqylau/api"
	"baqylau/localstore"
)

// Owner says whose a local store is, in clear: see [localstore.Owner].
type Owner = localstore.Owner

// Known is what this computer knows of a person before anything is unlocked: see [localstore.Known].
type Known = localstore.Known

// Stores are the local stores of this computer. [localstore.Folder] is them, and says what each method
// promises. A secret is what the person just opened their key with, or their own passphrase; nil is none.
type Stores interface {
	// Known lists the people whom this computer knows, the last one in use first.
	Known() ([]Known, error)
	// Open opens the owner's store or makes one; a *localstore.LockedError when nothing at hand opens it.
	Open(who Owner, secret []byte) (*localstore.Store, error)
	// OpenFormer opens it by a former secret; the present one opens it from now on.
	OpenFormer(who Owner, former, secret []byte) (*localstore.Store, error)
	// OpenAnew begins a new one and keeps the one that can't be opened beside it.
	OpenAnew(who Owner, secret []byte) (*localstore.Store, error)
	// Forget deletes for good what the computer keeps of the person at that centre.
	Forget(who Owner) error
}

// StoreOpener is one way of [Stores] to open a store.
type StoreOpener func(who Owner, secret []byte) (*localstore.Store, error)

// ByFormer opens the records by a former secret, which is overwritten.
func ByFormer(stores Stores, former []byte) StoreOpener {
	return func(who Owner, secret []byte) (*localstore.Store, error) {
		defer clear(former)
		return stores.OpenFormer(who, former, secret)
	}
}

// ownerOf is the label of a person's store at a centre that was reached at an address.
func ownerOf(me api.Me, centre api.Centre, address string) Owner {
	roles := make([]string, len(me.Person.Roles))
	for i, r := range me.Person.Roles {
		roles[i] = string(r)
	}
	return Owner{
		Person: me.Person.IIN, Name: me.Person.FullName(), Roles: roles,
		Epoch: centre.Epoch, CentreKK: centre.NameKK, CentreRU: centre.NameRU, Address: address,
	}
}
