package http

import (
	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/modules/internal/jsonconv"
	"github.com/gscript-lang/gscript/modules/internal/transfer"
)

var (
	errStatus   = engine.Kind("http.status", "The server answered with a status of failure. e.code is the status, e.body the first 512 bytes of the body, e.url the address without secrets.")
	errRedirect = engine.Kind("http.redirect", "A redirect was not followed: too many, a loop, another protocol, from https to http, or a body that cannot be sent again. e.code is the status, e.location where it led.")
	errTooLarge = engine.Kind("http.too_large", "The answer is larger than max_body allows, after decoding, or its headers are too large.")
	errProtocol = engine.Kind("http.protocol", "The other side does not speak HTTP as it should.")
	errProxy    = engine.Kind("http.proxy", "The proxy refused to connect. e.code is its status.")
	errChecksum = engine.Kind("http.checksum", "The downloaded bytes are not the expected ones. e.expected and e.actual are the checksums.")
)

func kinds() []*engine.ErrorKind {
	return []*engine.ErrorKind{
		errStatus, errRedirect, errTooLarge, errProtocol, errProxy, errChecksum, transfer.ErrIncomplete,
		jsonconv.ErrSyntax, jsonconv.ErrRange, jsonconv.ErrValue,
	}
}

// sending lists what any request may raise.
func sending() []*engine.ErrorKind {
	return []*engine.ErrorKind{errRedirect, errTooLarge, errProtocol, errProxy, transfer.ErrIncomplete, jsonconv.ErrValue}
}
