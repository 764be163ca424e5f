package main

import "github.com/spf13/cobra"

func recallCommand(e *env) *cobra.Command {
	return e.group("recall", "recall.short",
		recallOpen(e, "open", false), recallOpen(e, "drill", true),
		recallAcknowledge(e), recallLift(e), recallClose(e), recallNotice(e))
}
