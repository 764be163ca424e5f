package gateway

import (
	"log/slog"
	"net/http"
	"time"
)

// NewServer gives a server for the gateway with the limits that a public
// address needs: slow, large or idle clients are let go. The caller listens,
// and shuts it down.
func NewServer(handler http.Handler, log *slog.Logger) *http.Server {
	s := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       2 * time.Minute,
		// The longest answer is that to a transaction that waits for room.
		WriteTimeout:   sendWithin + time.Minute,
		IdleTimeout:    2 * time.Minute,
		MaxHeaderBytes: 32 << 10,
		ErrorLog:       slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	if g, is := handler.(*Gateway); is {
		s.RegisterOnShutdown(g.endStreams) // a stream does not end by itself
	}
	return s
}
