package main

import "github.com/spf13/cobra"

// groups is the one place where commands join the program: one constructor per
// group, in the order that help shows them. To add a group, write it in a file
// of its own and name its constructor here.
func groups() []func(*env) *cobra.Command {
	return []func(*env) *cobra.Command{
		demoCommand,
		initCommand,
		startCommand,
		statusCommand,
		genesisCommand,
		indexCommand,
		keysCommand,
		tokenCommand,
		participantCommand,
		proposalCommand,
		locationCommand,
		specCommand,
		productCommand,
		batchCommand,
		logisticCommand,
		recallCommand,
		unitCommand,
		certCommand,
		traceCommand,
		contractCommand,
		actCommand,
		budgetCommand,
		registerCommand,
		agreementCommand,
		dataCommand,
		documentCommand,
		searchCommand,
		verifyCommand,
		gs1Command,
		txCommand,
		loadCommand,
	}
}
