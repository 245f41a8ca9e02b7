package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"baqylau/ui/kit"
)

type pending struct{}

func (pending) rail() string               { return "" }
func (pending) crumbs() []kit.Crumb        { return nil }
func (pending) content() fyne.CanvasObject { return container.NewStack() }
func (pending) refresh()                   {}
func (pending) focus()                     {}

func newReportPage(*Program) page        { return pending{} }
func newMyLotsPage(*Program) page        { return pending{} }
func newDeskPage(*Program, route) page   { return pending{} }
func newNotificationsPage(*Program) page { return pending{} }
func newCardPage(*Program, route) page   { return pending{} }
func newFormPage(*Program, route) page   { return pending{} }
func newInboxPage(*Program) page         { return pending{} }
func newOutboxPage(*Program) page        { return pending{} }
