// Package api is the contract between clients and the centre: openapi.yaml, the types made from
// it, and the client that speaks it.
//
// Its promise: what is in the contract is in the types, and nothing else goes over the wire. The
// client never retries by itself: a command is repeated by the outbox, with the same key.
package api

//go:generate go tool oapi-codegen -config oapi-codegen.yaml openapi.yaml
