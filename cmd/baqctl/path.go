package main

import (
	"reflect"

	"github.com/alecthomas/kong"
)

// decodePath reads a path, or all that follow, byte for byte: kong's own decoder takes them through
// JSON, and a file whose name is not UTF-8 could not be named.
func decodePath(ctx *kong.DecodeContext, target reflect.Value) error {
	if target.Kind() == reflect.Slice {
		for _, token := range ctx.Scan.PopWhile(kong.Token.IsValue) {
			target.Set(reflect.Append(target, reflect.ValueOf(kong.ExpandPath(token.String()))))
		}
		return nil
	}
	token, err := ctx.Scan.PopValue("file")
	if err == nil {
		target.SetString(kong.ExpandPath(token.String()))
	}
	return err
}
