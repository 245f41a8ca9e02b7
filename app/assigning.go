package app

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/google/uuid"

	"baqylau/api"
	"baqylau/assets"
	"baqylau/control"
	"baqylau/document"
)

// Report reads a page of the report on what is subject to control. It needs the centre.
func (d *Desk) Report(ctx context.Context, filter api.GetReportParams) (api.ReportPage, error) {
	return d.client.Report(ctx, filter)
}

// MayReport says whether the reports are open to me.
func (d *Desk) MayReport() control.Verdict { return control.Report(d.Actor()) }

// MayAssign says whether assigning is open to me at all.
func (d *Desk) MayAssign() control.Verdict { return control.MayAssign(d.Actor()) }

// Uses says whether a part of the program is mine to use.
func (d *Desk) Uses(part control.Action) bool {
	return control.May(d.Actor(), part, control.Facts{}).Allowed
}

// ExportReport writes every row of a report to .xlsx. progress is told the rows written.
func (d *Desk) ExportReport(ctx context.Context, w io.Writer, lang assets.Lang, filter api.GetReportParams, progress func(rows int)) error {
	filter.After, filter.Limit = "", 500
	rows := func(yield func([]document.Cell, error) bool) {
		for n := 0; ; {
			page, err := d.client.Report(ctx, filter)
			if err != nil {
				yield(nil, err)
				return
			}
			for _, row := range page.Rows {
				if !yield(reportCells(lang, row), nil) {
					return
				}
			}
			n += len(page.Rows)
			progress(n)
			if page.Next == "" {
				return
			}
			filter.After = page.Next
		}
	}
	title := lang.T("report.title") + " · " + lang.T("method."+filter.Method)
	return document.Report(ctx, w, lang, title, reportColumns(lang), rows)
}

func reportColumns(lang assets.Lang) []document.Column {
	var columns []document.Column
	for _, c := range []struct {
		key   string
		width float64
	}{
		{"number", 16},
		{"method", 24},
		{"status", 22},
		{"lot", 18},
		{"name", 48},
		{"amount", 18},
		{"organizer", 36},
		{"direction", 10},
		{"published", 18},
		{"closes", 18},
		{"assignee", 28},
	} {
		columns = append(columns, document.Column{Title: lang.T("report.column." + c.key), Width: c.width})
	}
	return columns
}

func reportCells(lang assets.Lang, r api.ReportRow) []document.Cell {
	closes := document.Cell{}
	if !r.Closes.IsZero() {
		closes = document.Day(r.Closes.Add(-time.Nanosecond)) // the last day, not the midnight after it
	}
	direction := ""
	if r.Direction != control.Undirected {
		direction = lang.T("direction." + string(r.Direction))
	}
	return []document.Cell{
		document.Text(r.Number), document.Text(lang.T("method." + string(r.Method))), document.Text(lang.T("status." + string(r.Status))),
		document.Text(r.LotNumber), document.Text(InLang(lang, r.LotNameKK, r.LotNameRU)), document.Tenge(int64(r.Amount)),
		document.Text(InLang(lang, r.Organizer.NameKK, r.Organizer.NameRU)), document.Text(direction),
		document.Moment(r.PublishedAt), closes, document.Text(r.AssigneeName),
	}
}

// InLang is a name in the language, or in the other one when it has none.
func InLang(lang assets.Lang, kk, ru string) string {
	if lang == assets.RU && ru != "" || kk == "" {
		return ru
	}
	return kk
}

// Assign gives lots to an auditor of my organisation, or takes them back when assignee is empty. Of a
// batch that was refused in part the error is a [BatchError].
func (d *Desk) Assign(ctx context.Context, rows []api.ReportRow, assignee string) error {
	batch, err := uuid.NewV7()
	if err != nil {
		return err
	}
	c := api.AssignCommand{Assignee: assignee}
	seen := map[string]bool{}
	for _, row := range rows {
		if !seen[row.Lot] { // a lot stands in the report once for each direction
			seen[row.Lot] = true
			c.Lots = append(c.Lots, api.LotRef{Purchase: row.Purchase, Lot: row.Lot, Version: row.AssignmentVersion})
		}
	}
	if len(c.Lots) == 0 {
		return fmt.Errorf("assign: no lot is chosen")
	}
	return d.do(ctx, command{aggregate: "assignments " + batch.String(), path: "/v1/assignments", body: c, label: "command.assign"})
}
