package app

import (
	"baqylau/assets"
	"baqylau/localstore"
)

// OpeningNotice is what befell the local store when it was opened, in words; empty when nothing did.
// It is told once.
func (d *Desk) OpeningNotice(lang assets.Lang) string {
	if r := d.store.Recovery(); r != nil && !d.told.Swap(true) {
		return recoverySentence(lang, r)
	}
	former, found, err := d.store.Preference(localstore.PreferenceFormer)
	if err != nil || !found || len(former) == 0 {
		return ""
	}
	if err := d.store.SetPreference(localstore.PreferenceFormer, nil); err != nil {
		d.log.Error("forget the notice of a former store", "cause", err)
	}
	return lang.T("app.store_former", "path", string(former))
}

// recoverySentence says what was recovered from.
func recoverySentence(lang assets.Lang, r *localstore.DamagedError) string {
	taken := assets.DateTime(r.SnapshotTaken)
	switch {
	case r.KeptAside == "" && r.Snapshot == "" && len(r.Values) > 0:
		return lang.N("store.values_set_aside", len(r.Values), "path", r.Path)
	case r.KeptAside != "" && r.Snapshot != "":
		return lang.T("store.damaged_recovered", "path", r.KeptAside, "time", taken)
	case r.KeptAside != "":
		return lang.T("store.damaged_empty", "path", r.KeptAside)
	case r.Snapshot != "":
		return lang.T("store.missing_recovered", "path", r.Path, "time", taken)
	default:
		return lang.T("store.missing_empty", "path", r.Path)
	}
}
