package main

import (
	"time"

	"github.com/spf13/cobra"
)

// span reads --valid-from and --valid-until as unix seconds [from, until). A
// day alone begins at 00:00 UTC, and as an end it is the last day included.
func span(cmd *cobra.Command) (from, until int64, err error) {
	f, _ := cmd.Flags().GetString("valid-from")
	u, _ := cmd.Flags().GetString("valid-until")
	if from, err = instant("valid-from", f, 0); err != nil {
		return 0, 0, err
	}
	until, err = instant("valid-until", u, 24*time.Hour)
	return from, until, err
}

// instant reads a day or an RFC 3339 time; to a day it adds afterDay. Empty is 0.
func instant(flag, s string, afterDay time.Duration) (int64, error) {
	if s == "" {
		return 0, nil
	}
	if t, err := time.Parse(time.DateOnly, s); err == nil {
		return t.Add(afterDay).Unix(), nil
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return 0, usage("--%s is %q; write a day as 2026-11-23 or a time as 2026-11-23T10:00:00Z", flag, s)
	}
	return t.Unix(), nil
}

func (e *env) spanFlags(cmd *cobra.Command) {
	cmd.Flags().String("valid-from", "", e.t("flag.valid-from"))
	cmd.Flags().String("valid-until", "", e.t("flag.valid-until"))
}
