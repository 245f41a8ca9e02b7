package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"slices"
	"syscall"

	"baqylau/api"
	"baqylau/assets"
	"baqylau/cmd/baqctl/story"
	"baqylau/control"
	"baqylau/control/calendar"
	"baqylau/control/explain"
	"baqylau/server"
	"baqylau/server/store"
	"baqylau/signing"
)

// sentence puts a failure into words. whole says that they say it all: else the cause belongs in the log.
func sentence(lang assets.Lang, err error) (text string, whole bool) {
	var p api.Problem
	var v control.Verdict
	var bad *explain.Error
	var year calendar.UnknownYear
	var stopped *story.Stopped
	switch code := signing.Fault(err); {
	case errors.As(err, &stopped):
		return lang.T("story.stopped", "line", fmt.Sprintf("%d.%d", stopped.Chapter, stopped.Line)), false
	case errors.As(err, &bad):
		return lang.T("cmd.explain.unread", "field", bad.Field, "line", bad.Line, "why", bad.Why), true
	case errors.As(err, &year):
		return lang.T("refusal.no_calendar", "year", year.Year), true
	case errors.As(err, &p):
		return p.Detail(lang), true
	case errors.As(err, &v):
		return api.Sentence(lang, v, ""), true
	case errors.Is(err, store.ErrOtherPurpose), errors.Is(err, server.ErrTrust):
		return lang.T("cmd.other_purpose"), true
	case errors.Is(err, server.ErrAdministered):
		return lang.T("cmd.admin.exists"), true
	case errors.Is(err, errDemoKey):
		return lang.T("cmd.admin.demo_key"), true
	case errors.Is(err, errNoNumbers):
		return lang.T("cmd.no_numbers"), true
	case errors.Is(err, errRefused):
		return lang.T("cmd.import.refused"), true
	case errors.Is(err, context.Canceled):
		return lang.T("cmd.interrupted"), true
	case errors.Is(err, errNoDocument):
		return lang.T("signing.reason.detached"), true
	case errors.Is(err, errNoPassword):
		return lang.T("eds.no_password"), true
	case errors.Is(err, errTime):
		return lang.T("eds.bad_time"), true
	case errors.Is(err, errInTheWay):
		return lang.T("eds.in_the_way"), true
	case errors.Is(err, errNoTrust):
		return lang.T("eds.no_trust"), true
	case errors.Is(err, errTwice):
		return lang.T("eds.twice"), true
	case errors.Is(err, signing.ErrNotConvertible):
		return lang.T("eds.not_convertible"), true
	case errors.Is(err, errTooLarge):
		return lang.T("eds.too_large"), true
	case errors.Is(err, errNoAnchors):
		return lang.T("eds.no_anchors"), true
	case code != "" && code != "unknown":
		return lang.T("signing.fault." + code), true
	default:
		return lang.T(machineKey(err)), false
	}
}

// machineKey is the text of what the machine refused, or of what nobody foresaw.
func machineKey(err error) string {
	var network *net.OpError
	var path *fs.PathError
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return "cmd.address_taken"
	case errors.As(err, &network) && network.Op == "listen":
		return "cmd.address_bad"
	case slices.ContainsFunc(noRoom, func(no syscall.Errno) bool { return errors.Is(err, no) }):
		return "cmd.disk_full"
	case errors.As(err, &path):
		return "cmd.folder_unusable"
	default:
		return "cmd.failed"
	}
}
