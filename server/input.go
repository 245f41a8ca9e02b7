package server

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"baqylau/api"
	"baqylau/control"
)

const (
	// maxBody bounds a request. Signatures and texts are far below it.
	maxBody = 4 << 20
	// maxStrange bounds what is read of somebody who names no session: a login.
	maxStrange = 128 << 10
	// maxNesting bounds the arrays and objects of a body within each other; ours need four.
	maxNesting = 16
	// maxPlain bounds, in characters, what the table of bounds doesn't.
	maxPlain = 1000
)

// bound is how long a field may be: a text in characters, bytes as they travel (base64), a list in items.
type bound struct{ least, most int }

// bounds are those that api/openapi.yaml promises, by type and field.
var bounds = map[string]bound{
	"Login.nonce": {0, 64}, "Login.cms": {0, 64 << 10},
	"LotRef.purchase": {0, 128}, "LotRef.lot": {0, 128},
	"AssignCommand.assignee": {0, 12}, "AssignCommand.lots": {1, 500},
	"MarksCommand.purchase": {0, 128}, "MarksCommand.lots": {1, 1000},
	"LotMarks.lot": {0, 128}, "LotMarks.marks": {0, 100},
	"CertificateCommand.id": {0, 64}, "CertificateCommand.purchase": {0, 128},
	"SignCommand.cms":  {0, 1 << 20},
	"CreateCommand.id": {0, 64}, "CreateCommand.purchase": {0, 128}, "CreateCommand.lot": {0, 128},
	"CreateCommand.text_kk": {0, 100_000}, "CreateCommand.text_ru": {0, 100_000}, "CreateCommand.agreer": {0, 12},
	"EditCommand.text_kk": {0, 100_000}, "EditCommand.text_ru": {0, 100_000}, "EditCommand.agreer": {0, 12},
	"AgreeCommand.next": {0, 12}, "AgreeCommand.comment": {0, 4000},
	"RejectCommand.reason": {0, 4000},
	"ExecuteCommand.text":  {0, 4000},
	"ObjectionCommand.id":  {0, 64}, "ObjectionCommand.notification": {0, 64},
	"ObjectionCommand.text_kk": {0, 100_000}, "ObjectionCommand.text_ru": {0, 100_000},
	"AssignObjectionsCommand.controller": {0, 12}, "AssignObjectionsCommand.objections": {1, 500},
	"ObjectionRef.id":    {0, 64},
	"ConcludeCommand.id": {0, 64}, "ConcludeCommand.objection": {0, 64}, "ConcludeCommand.agreer": {0, 12},
	"ConcludeCommand.text_kk": {0, 100_000}, "ConcludeCommand.text_ru": {0, 100_000},
	"EditConclusionCommand.text_kk": {0, 100_000}, "EditConclusionCommand.text_ru": {0, 100_000}, "EditConclusionCommand.agreer": {0, 12},
	"PenaltyCommand.recheck_kk": {0, 20_000}, "PenaltyCommand.recheck_ru": {0, 20_000},
	"OrderCommand.number": {0, 100}, "OrderCommand.body_kk": {0, 1000}, "OrderCommand.body_ru": {0, 1000},
	"OrderCommand.note_kk": {0, 4000}, "OrderCommand.note_ru": {0, 4000},
	"RulebookCommand.calendar": {0, 256 << 10}, "RulebookCommand.catalogue": {0, 256 << 10}, "RulebookCommand.terms": {0, 256 << 10},
	"RulebookCommand.reason":   {0, 4000},
	"DispatchCommand.purchase": {0, 128}, "DispatchCommand.notifications": {1, 1000},
	"Seen.id":              {0, 64},
	"DismissCommand.heirs": {0, 5000}, "Heir.id": {0, 128}, "Heir.heir": {0, 12},
	"SubstituteCommand.id": {0, 64}, "SubstituteCommand.absent": {0, 12}, "SubstituteCommand.deputy": {0, 12},
	"Organization.name_kk": {0, 1000}, "Organization.name_ru": {0, 1000},
	"Person.surname": {0, 200}, "Person.given": {0, 200}, "Person.patronymic": {0, 200},
	"Person.position_kk": {0, 500}, "Person.position_ru": {0, 500},
}

// typed lists the fields that people type into: they may hold any character, and are cleaned.
var typed = []string{
	"calendar", "catalogue", "terms", "text", "text_kk", "text_ru", "recheck_kk", "recheck_ru", "body_kk", "body_ru", "note_kk", "note_ru", "comment", "reason", "name_kk", "name_ru", "surname", "given", "patronymic", "position_kk", "position_ru",
}

// named are the bounds of what stands beside a body: in the path and in headers.
var named = map[string]bound{"id": {1, 128}, "Idempotency-Key": {0, 64}, "If-Match": {0, 64}, "Content-Digest": {0, 200}, "notification": {1, 64}, "If-None-Match": {0, 64}}

type bodyKey struct{}

// receive reads a body whole before anything is made of it: it must be one JSON value, of bounded
// size and depth, in UTF-8. A file alone is something else.
func (s *Server) receive(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost && r.URL.Path == pathFiles { // read by its command, once its sender is known
			r.Body = http.MaxBytesReader(w, r.Body, control.MaxScan)
			s.allowTime(w, uploadTime)
			next.ServeHTTP(w, r)
			return
		}
		most := int64(maxBody)
		if r.Header.Get("Authorization") == "" {
			most = maxStrange
		}
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, most))
		if err != nil {
			s.refuse(w, r, badRequest(err))
			return
		}
		if len(body) > 0 && (!utf8.Valid(body) || tooDeep(body) || !json.Valid(body)) {
			s.refuse(w, r, badInput("body"))
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), bodyKey{}, body)))
	})
}

// uploadTime is what 20 MiB take over a line of 300 kbit/s.
const uploadTime = 10 * time.Minute

// allowTime lets a request take longer than others. Where the connection has no deadlines, it has time.
func (s *Server) allowTime(w http.ResponseWriter, most time.Duration) {
	end, conn := time.Now().Add(most), http.NewResponseController(w)
	if err := errors.Join(conn.SetReadDeadline(end), conn.SetWriteDeadline(end)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		s.log.Info("a request gets no more time", "cause", err)
	}
}

// tooDeep counts brackets outside of strings; whether they match is for the decoder to say.
func tooDeep(body []byte) bool {
	depth, quoted := 0, false
	for i := 0; i < len(body); i++ {
		switch c := body[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '[' || c == '{':
			if depth++; depth > maxNesting {
				return true
			}
		case c == ']' || c == '}':
			depth--
		}
	}
	return false
}

// check refuses a request that breaks the contract: a required field that is missing, a bound that is
// broken, a name that is no name.
func (s *Server) check(next api.StrictHandlerFunc, _ string) api.StrictHandlerFunc {
	return func(ctx context.Context, w http.ResponseWriter, r *http.Request, request any) (any, error) {
		raw, _ := ctx.Value(bodyKey{}).([]byte)
		v := reflect.ValueOf(request)
		for i := range v.NumField() {
			var err error
			switch f := v.Type().Field(i); f.Name {
			case "Body":
				if f.Type != reflect.TypeFor[io.Reader]() {
					err = checkBody(v.Field(i), raw)
				}
			case "Params":
				err = checkParams(v.Field(i))
			default:
				err = checkNamed(nameOfField(f), v.Field(i))
			}
			if err != nil {
				return nil, err
			}
		}
		return next(ctx, w, r, request)
	}
}

func checkBody(v reflect.Value, raw []byte) error {
	if v.IsNil() {
		return badInput("body")
	}
	return checkObject(v.Elem(), raw)
}

// checkParams checks the query and the headers of a request.
func checkParams(v reflect.Value) error {
	for i := range v.NumField() {
		if err := checkNamed(nameOfField(v.Type().Field(i)), v.Field(i)); err != nil {
			return err
		}
	}
	return nil
}

func checkNamed(name string, v reflect.Value) error {
	if v.Kind() != reflect.String {
		return nil
	}
	if direction, is := v.Interface().(control.Direction); is {
		return checkDirection(name, direction)
	}
	b, known := named[name]
	if !known {
		b = bound{0, maxPlain}
	}
	return checkText(name, v.String(), b)
}

// nameOfField is the name that the contract gives a field, without its options.
func nameOfField(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	return name
}

// checkObject checks an object against its type; raw is what came, which alone tells a field that is
// missing from one that is empty.
func checkObject(v reflect.Value, raw []byte) error {
	var came map[string]json.RawMessage
	if err := json.Unmarshal(raw, &came); err != nil {
		return badInput("body")
	}
	for i := range v.NumField() {
		f := v.Type().Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		value, found := came[name]
		if !found || string(value) == "null" {
			if !strings.Contains(options, "omitempty") {
				return badInput(name)
			}
			continue
		}
		if err := checkField(v.Type().Name()+"."+name, name, v.Field(i), value); err != nil {
			return err
		}
	}
	return nil
}

func checkField(key, name string, v reflect.Value, raw []byte) error {
	b, known := bounds[key]
	if !known {
		b = bound{0, maxPlain}
	}
	switch value := v.Interface().(type) {
	case control.Direction:
		return checkDirection(name, value)
	case interface{ Valid() bool }: // an enumeration of the contract
		if !value.Valid() {
			return badInput(name)
		}
		return nil
	case []byte:
		if base64.StdEncoding.EncodedLen(len(value)) > b.most {
			return badInput(name)
		}
		return nil
	}
	switch v.Kind() {
	case reflect.String:
		return checkText(name, v.String(), b)
	case reflect.Slice:
		return checkList(name, v, raw, b)
	default:
		return nil
	}
}

func checkDirection(name string, d control.Direction) error {
	if !slices.Contains([]control.Direction{control.Undirected, control.D1, control.D2, control.D3, control.D4}, d) {
		return badInput(name)
	}
	return nil
}

func checkList(name string, v reflect.Value, raw []byte, b bound) error {
	if v.Len() < b.least || v.Len() > b.most {
		return badInput(name)
	}
	var items []json.RawMessage
	if err := json.Unmarshal(raw, &items); err != nil || len(items) != v.Len() {
		return errors.Join(err, badInput(name))
	}
	for i := range v.Len() {
		var err error
		switch item := v.Index(i); item.Kind() {
		case reflect.Struct:
			err = checkObject(item, items[i])
		case reflect.String:
			err = checkText(name, item.String(), bound{0, maxPlain})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// checkText refuses a text that is too long, and a name with what no name has.
func checkText(name, text string, b bound) error {
	n := utf8.RuneCountInString(text)
	switch {
	case n < b.least || n > b.most:
		return badInput(name)
	case (name == "digest" || name == "scan") && !isDigest(text):
		return badInput(name)
	case !slices.Contains(typed, name) && (!utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl)):
		return badInput(name)
	default:
		return nil
	}
}

// isDigest says whether a text is a SHA-256 in lower-case hexadecimal.
func isDigest(text string) bool {
	return len(text) == 64 && !strings.ContainsFunc(text, func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'a' || r > 'f')
	})
}
