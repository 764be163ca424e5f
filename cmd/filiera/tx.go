package main

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/ethereum/go-ethereum/crypto"
	"github.com/spf13/cobra"

	"github.com/filiera-chain/filiera/client"
	"github.com/filiera-chain/filiera/envelope"
)

// maxTxFile bounds a transaction file: twice the largest transaction, since
// base64 and the readable body stand beside each other.
const maxTxFile = 3 * envelope.HardLimit

func txCommand(e *env) *cobra.Command {
	return e.group("tx", "tx.short", txShow(e), txSign(e), txSend(e))
}

func txSign(e *env) *cobra.Command {
	return e.leaf("sign FILE", "tx.sign.short", `
filiera product register 8012345678907 --name Maccheroncini --unit GRM --generate-only --chain-id filiera-demo >unsigned.json
filiera tx sign unsigned.json --from pastificio --password-file password.txt >signed.json`, cobra.ExactArgs(1),
		func(_ *cobra.Command, args []string) error {
			data, err := e.readInput(args[0], maxTxFile)
			if err != nil {
				return err
			}
			body, err := readUnsigned(data)
			if err != nil {
				return err
			}
			key, _, err := e.unlock("")
			if err != nil {
				return err
			}
			raw, err := envelope.Sign(body, key)
			if err != nil {
				return err
			}
			d, err := envelope.Decode(raw)
			if err != nil {
				return usageError{err}
			}
			shown, err := protoJSON(d.Body)
			if err != nil {
				return err
			}
			return e.printJSON(signedFile{
				Tx: base64.StdEncoding.EncodeToString(raw), Hash: strings.ToUpper(hex.EncodeToString(d.Hash[:])),
				Signer: crypto.PubkeyToAddress(key.PublicKey).Hex(), Body: shown,
			})
		})
}

func txSend(e *env) *cobra.Command {
	cmd := e.leaf("send FILE", "tx.send.short", "filiera tx send signed.json", cobra.ExactArgs(1),
		func(cmd *cobra.Command, args []string) error {
			data, err := e.readInput(args[0], maxTxFile)
			if err != nil {
				return err
			}
			d, err := readSigned(data)
			if err != nil {
				return err
			}
			if e.v.GetBool("dry-run") {
				return e.dryRunSigned(d)
			}
			r, err := e.send(cmd.Context(), d.Raw)
			if err != nil {
				return err
			}
			return e.receipt(r)
		})
	cmd.Flags().Bool("dry-run", false, e.t("flag.dry-run"))
	return e.waiting(cmd)
}

// dryRunSigned says what would be sent, and by whom.
func (e *env) dryRunSigned(d *envelope.Decoded) error {
	signer, err := d.Recover()
	if err != nil {
		return usageError{err}
	}
	shown, err := protoJSON(d.Body)
	if err != nil {
		return err
	}
	v := map[string]any{
		"dry_run": true, "hash": strings.ToUpper(hex.EncodeToString(d.Hash[:])),
		"signer": "0x" + hex.EncodeToString(signer), "body": shown,
	}
	return e.print(v, func(t *table) {
		t.line(e.t("dry.run"), e.t("nothing.sent"))
		t.line(e.t("tx.hash"), v["hash"])
		t.line(e.t("tx.signer"), v["signer"])
		t.line(e.t("chain.id"), d.Body.GetChainId())
		for _, m := range d.Acts {
			t.line(e.t("tx.act"), m.ProtoReflect().Descriptor().FullName())
		}
	})
}

func txShow(e *env) *cobra.Command {
	return e.leaf("show HASH", "tx.show.short",
		"filiera tx show 6B86B273FF34FCE19D6B804EFF5A3F5747ADA4EAA22F1D49C01E52DDB7875B4B", cobra.ExactArgs(1),
		func(cmd *cobra.Command, args []string) error {
			hash := strings.TrimPrefix(args[0], "0x")
			if b, err := hex.DecodeString(hash); err != nil || len(b) != 32 {
				return usage("%q is no transaction hash: write its 64 hexadecimal digits", args[0])
			}
			return ask(cmd.Context(), e, fmt.Sprintf("/v1/txs/%s", strings.ToUpper(hash)), nil,
				func(t *table, r *client.TxResult) { e.drawTx(t, r) })
		})
}
