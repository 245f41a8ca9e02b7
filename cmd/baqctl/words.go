package main

import (
	"errors"

	"baqylau/api"
	"baqylau/assets"
	"baqylau/control"
	"baqylau/server"
	"baqylau/server/store"
	"baqylau/signing"
)

// sentence puts a failure into words; what no sentence is known for is told as it is.
func sentence(lang assets.Lang, err error) string {
	var p api.Problem
	var v control.Verdict
	switch code := signing.Fault(err); {
	case errors.As(err, &p):
		return p.Detail(lang)
	case errors.As(err, &v):
		return api.Sentence(lang, v, "")
	case errors.Is(err, store.ErrOtherPurpose), errors.Is(err, server.ErrTrust):
		return lang.T("cmd.other_purpose")
	case errors.Is(err, errNoNumbers):
		return lang.T("cmd.no_numbers")
	case errors.Is(err, errRefused):
		return lang.T("cmd.import.refused")
	case code != "" && code != "unknown":
		return lang.T("signing.fault." + code)
	default:
		return err.Error()
	}
}
