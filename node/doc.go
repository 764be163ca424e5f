// Package node puts one process together: the application, the CometBFT
// engine, the projector of the read model and the gateway. It owns the home
// directory's layout and the order in which things start and stop; it decides
// nothing about the ledger.
//
//	<home>/config.toml               filiera's own settings
//	<home>/config/config.toml        the engine's settings
//	<home>/config/genesis.json       what all nodes of the chain share
//	<home>/config/node_key.json      this node's name on the network
//	<home>/config/priv_validator_key.json
//	<home>/data/                     blocks, state, read model
//	<home>/keys/                     participants' encrypted keys
//	<home>/tokens/                   hashes of the tokens that may capture
package node
