package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"baqylau/api"
	"baqylau/control/explain"
	"baqylau/server"
)

type explainCommand struct {
	Case string `arg:"" help:"File with the case, or - for standard input."`
}

// maxCase bounds a case.
const maxCase = 16 << 20

// unread is a case that could not be read: the program ends with the exit status 2.
type unread struct{ error }

func (u unread) Unwrap() error { return u.error }

// Run answers what is allowed on the case's purchase, and why not.
func (c explainCommand) Run(s *session) error {
	data, err := c.read()
	if err != nil {
		return unread{err}
	}
	rules, err := server.BuiltInBook().Rules()
	if err != nil {
		return err
	}
	rows, err := explain.Explain(data, *rules)
	if err != nil {
		return unread{err}
	}
	if !s.asked {
		out := json.NewEncoder(os.Stdout)
		out.SetIndent("", "  ")
		return out.Encode(rows)
	}
	for _, row := range rows {
		fmt.Println(rowInWords(s, row))
	}
	return nil
}

func (c explainCommand) read() ([]byte, error) {
	in := io.Reader(os.Stdin)
	if c.Case != "-" {
		f, err := os.Open(c.Case)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		in = f
	}
	data, err := io.ReadAll(io.LimitReader(in, maxCase+1))
	if err == nil && len(data) > maxCase {
		err = errors.New("the case is too large")
	}
	return data, err
}

// rowInWords is a row for a person: what, on which lot, and why not.
func rowInWords(s *session, row explain.Row) string {
	where := row.Lot
	if row.Direction != "" {
		where += " · " + s.lang.T("direction."+string(row.Direction))
	}
	answer := s.lang.T("cmd.explain.allowed", "rule", string(row.Rule))
	if !row.Allowed {
		answer = api.Sentence(s.lang, row.Verdict, row.Action)
	}
	return where + " · " + s.lang.T("cmd.explain.action."+string(row.Action)) + ": " + answer
}
