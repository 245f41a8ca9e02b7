package token

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"time"
)

// Work serves as a driver's process when the program was started as one ([WorkerArgument] and the
// path of the module), and tells so: the program then ends. Call it first thing in main. It ends
// with its standard input.
func Work(arguments []string) bool {
	if len(arguments) != 2 || arguments[0] != WorkerArgument {
		return false
	}
	out, err := privateOutput()
	if err != nil {
		return true // the other side sees that nobody answers
	}
	serve(os.Stdin, out, loadDriver(arguments[1]))
	return true
}

// driver is what the process does by the module. Handles are its own.
type driver interface {
	list() ([]Entry, error)
	open(entry Entry, m mechanism, pin []byte) (handle uint64, err error)
	sign(handle uint64, m mechanism, data []byte) ([]byte, error)
	close(handle uint64) error
	end()
}

// serve answers requests until there are none. A driver that hangs in one is left behind when the
// other side ends: this process must not outlive it.
func serve(in io.Reader, out io.Writer, d driver) {
	requests, ended := make(chan frame), make(chan struct{})
	go func() {
		defer close(ended)
		defer d.end()
		for request := range requests {
			response := answer(d, request)
			request.wipe()
			if err := response.write(out); err != nil {
				return
			}
		}
	}()
	for {
		request, err := readFrame(in)
		if err != nil {
			break
		}
		select {
		case requests <- request:
			continue
		case <-ended:
		}
		break
	}
	close(requests)
	select {
	case <-ended:
	case <-time.After(grace):
	}
}

// answer does what a request asks for.
func answer(d driver, request frame) frame {
	field, err := carryOut(d, request)
	if err == nil {
		return frame{kind: request.kind, fields: [][]byte{field}}
	}
	code := Fault(err)
	if code == "" {
		code = Fault(ErrDevice)
	}
	return frame{kind: kindRefuse, fields: [][]byte{[]byte(code), []byte(err.Error())}}
}

func carryOut(d driver, request frame) ([]byte, error) {
	f := request.fields
	switch {
	case request.kind == kindList && len(f) == 0:
		entries, err := d.list()
		if err != nil {
			return nil, err
		}
		return json.Marshal(entries)
	case request.kind == kindOpen && len(f) == 3:
		var entry Entry
		m, err := readNumber(f[1])
		if err := errors.Join(err, json.Unmarshal(f[0], &entry)); err != nil {
			return nil, err
		}
		handle, err := d.open(entry, mechanism(m), f[2])
		return number(handle), err
	case request.kind == kindSign && len(f) == 3:
		handle, err := readNumber(f[0])
		if err != nil {
			return nil, err
		}
		m, err := readNumber(f[1])
		if err != nil {
			return nil, err
		}
		return d.sign(handle, mechanism(m), f[2])
	case request.kind == kindClose && len(f) == 1:
		handle, err := readNumber(f[0])
		if err != nil {
			return nil, err
		}
		return nil, d.close(handle)
	}
	return nil, errFrame
}
