package main

import (
	"bytes"
	"crypto/ecdsa"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"strings"

	"github.com/ethereum/go-ethereum/crypto"
	"github.com/spf13/cobra"

	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	"github.com/filiera-chain/filiera/credential"
	"github.com/filiera-chain/filiera/envelope"
	"github.com/filiera-chain/filiera/keys"
	"github.com/filiera-chain/filiera/module"
)

const maxKeyFile = 1 << 20

func keysCommand(e *env) *cobra.Command {
	g := e.group("keys", "keys.short",
		keysAdd(e), keysList(e), keysShow(e), keysProve(e), keysImport(e), keysExport(e), keysDelete(e))
	g.PersistentFlags().String("keys-dir", "", e.t("flag.keys-dir"))
	return g
}

func keysAdd(e *env) *cobra.Command {
	cmd := e.leaf("add NAME", "keys.add.short", "filiera keys add magazzino --password-file password.txt", cobra.ExactArgs(1),
		func(_ *cobra.Command, args []string) error {
			if err := keys.CheckName(args[0]); err != nil {
				return usageError{err}
			}
			if e.v.GetBool("dry-run") {
				return e.printNothingDone(args[0])
			}
			ring, err := e.ring()
			if err != nil {
				return err
			}
			password, err := e.passwordFrom().New(e.t("ask.new.password", args[0]))
			if err != nil {
				return usageError{err}
			}
			info, err := ring.Add(args[0], password)
			if err != nil {
				return usageError{err}
			}
			return e.printKey(info)
		})
	cmd.Flags().Bool("dry-run", false, e.t("flag.dry-run"))
	return cmd
}

func (e *env) printNothingDone(what string) error {
	return e.print(map[string]any{"dry_run": true, "name": what}, func(t *table) {
		t.line(e.t("dry.run"), e.t("nothing.done"))
		t.line(e.t("name"), what)
	})
}

func (e *env) printKey(info keys.Info) error {
	return e.print(info, func(t *table) {
		t.line(e.t("name"), info.Name)
		t.line(e.t("address"), info.Address)
		t.line(e.t("public.key"), info.PublicKey)
		if !info.Created.IsZero() {
			t.line(e.t("created"), info.Created.Format("2006-01-02 15:04:05Z"))
		}
	})
}

func keysList(e *env) *cobra.Command {
	cmd := e.leaf("list", "keys.list.short", "filiera keys list --output json", cobra.NoArgs,
		func(cmd *cobra.Command, _ []string) error {
			ring, err := e.ring()
			if err != nil {
				return err
			}
			list, broken := ring.List()
			list, next, err := pageKeys(cmd, list)
			if err != nil {
				return err
			}
			page := struct {
				Items         []keys.Info `json:"items"`
				NextPageToken string      `json:"next_page_token"`
			}{append([]keys.Info{}, list...), next}
			err = e.print(page, func(t *table) {
				t.row(e.t("name"), e.t("address"), e.t("public.key"))
				for _, k := range list {
					t.row(k.Name, k.Address, k.PublicKey)
				}
				e.hintNext(next)
			})
			return errors.Join(err, broken)
		})
	return e.paged(cmd)
}

// pageKeys cuts the page that --limit and --page-token ask for; the token is
// the last name shown.
func pageKeys(cmd *cobra.Command, list []keys.Info) (page []keys.Info, next string, err error) {
	limit, _ := cmd.Flags().GetInt("limit")
	after, _ := cmd.Flags().GetString("page-token")
	for len(list) > 0 && after != "" && list[0].Name <= after {
		list = list[1:]
	}
	if limit < 1 {
		return nil, "", usage("--limit is %d; it takes at least 1", limit)
	}
	if len(list) > limit {
		return list[:limit], list[limit-1].Name, nil
	}
	return list, "", nil
}

func keysShow(e *env) *cobra.Command {
	cmd := e.leaf("show NAME", "keys.show.short", "filiera keys show pastificio\nfiliera keys show pastificio --jwk >pastificio.jwk.json", cobra.ExactArgs(1),
		func(cmd *cobra.Command, args []string) error {
			ring, err := e.ring()
			if err != nil {
				return err
			}
			info, err := ring.Show(args[0])
			if err != nil {
				return usageError{err}
			}
			if jwk, _ := cmd.Flags().GetBool("jwk"); jwk {
				return e.printJWK(info)
			}
			return e.printKey(info)
		})
	cmd.Flags().Bool("jwk", false, e.t("flag.jwk"))
	return cmd
}

// printJWK writes the public key for other libraries (RFC 7517).
func (e *env) printJWK(info keys.Info) error {
	pub, err := hex.DecodeString(info.PublicKey)
	if err != nil || len(pub) == 0 {
		return usage("%s", e.t("no.public.part", info.Name))
	}
	jwk, err := credential.PublicJWK(pub, "")
	if err != nil {
		return usageError{err}
	}
	return e.printJSON(jwk)
}

func keysImport(e *env) *cobra.Command {
	cmd := e.leaf("import NAME FILE", "keys.import.short", `
filiera keys import portatile UTC--wallet.json --password-file password.txt --file-password-file old.txt
filiera keys import portatile private.hex --hex --password-file password.txt`, cobra.ExactArgs(2),
		func(cmd *cobra.Command, args []string) error {
			data, err := e.readInput(args[1], maxKeyFile)
			if err != nil {
				return err
			}
			ring, err := e.ring()
			if err != nil {
				return err
			}
			info, err := e.importKey(cmd, ring, args[0], data)
			if err != nil {
				return usageError{err}
			}
			return e.printKey(info)
		})
	cmd.Flags().Bool("hex", false, e.t("flag.hex"))
	cmd.Flags().String("file-password-file", "", e.t("flag.file-password-file"))
	return cmd
}

func (e *env) importKey(cmd *cobra.Command, ring *keys.Ring, name string, data []byte) (keys.Info, error) {
	old := ""
	bare, _ := cmd.Flags().GetBool("hex")
	if !bare {
		file, _ := cmd.Flags().GetString("file-password-file")
		from := keys.PasswordFrom{File: file}
		if file == "" {
			from = e.passwordFrom() // one password for both, as for a move
		}
		var err error
		if old, err = from.Existing(e.t("ask.file.password")); err != nil {
			return keys.Info{}, err
		}
	}
	password, err := e.passwordFrom().New(e.t("ask.new.password", name))
	if err != nil {
		return keys.Info{}, err
	}
	if bare {
		return ring.ImportHex(name, bytes.NewReader(data), password)
	}
	return ring.Import(name, data, old, password)
}

func keysExport(e *env) *cobra.Command {
	cmd := e.leaf("export NAME", "keys.export.short", "filiera keys export pastificio >copia.json", cobra.ExactArgs(1),
		func(cmd *cobra.Command, args []string) error {
			ring, err := e.ring()
			if err != nil {
				return err
			}
			data, err := ring.Export(args[0])
			if err != nil {
				return usageError{err}
			}
			return e.writeOut(cmd, data, 0o600)
		})
	cmd.Flags().String("out", "", e.t("flag.out"))
	return cmd
}

// writeOut writes to the file of --out, which must not exist, or to standard
// output.
func (e *env) writeOut(cmd *cobra.Command, data []byte, mode os.FileMode) error {
	path, _ := cmd.Flags().GetString("out")
	if path == "" || path == "-" {
		_, err := e.out.Write(data)
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return usageError{err}
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Close())
}

func keysDelete(e *env) *cobra.Command {
	cmd := e.leaf("delete NAME", "keys.delete.short", "filiera keys delete pastificio --password-file password.txt", cobra.ExactArgs(1),
		func(_ *cobra.Command, args []string) error {
			ring, err := e.ring()
			if err != nil {
				return err
			}
			if _, err := ring.Show(args[0]); err != nil {
				return usageError{err}
			}
			if e.v.GetBool("dry-run") {
				return e.printNothingDone(args[0])
			}
			password, err := e.passwordFrom().Existing(e.t("ask.password", args[0]))
			if err != nil {
				return usageError{err}
			}
			if err := ring.Delete(args[0], password); err != nil {
				return usageError{err}
			}
			return e.print(map[string]string{"deleted": args[0]}, func(t *table) { t.line(e.t("deleted"), args[0]) })
		})
	cmd.Flags().Bool("dry-run", false, e.t("flag.dry-run"))
	return cmd
}

// keyRequest is what the holder of a new key gives to who enrols it: the public
// key and the proof that its holder wants it to speak for the participant.
type keyRequest struct {
	ChainID     string `json:"chain_id"`
	Participant string `json:"participant"`
	Label       string `json:"label"`
	// PublicKey is 33 bytes and Proof 65, both in hex.
	PublicKey string `json:"public_key"`
	Proof     string `json:"proof"`
}

func keysProve(e *env) *cobra.Command {
	cmd := e.leaf("prove NAME", "keys.prove.short",
		"filiera keys prove pastificio --participant pastificio-example --label ufficio --chain-id filiera-demo --password-file password.txt >request.json",
		cobra.ExactArgs(1),
		func(cmd *cobra.Command, args []string) error {
			participant, _ := cmd.Flags().GetString("participant")
			label, _ := cmd.Flags().GetString("label")
			if label == "" {
				label = args[0]
			}
			chain, err := e.chainID(cmd.Context())
			if err != nil {
				return err
			}
			if err := checkRequest(chain, participant, label); err != nil {
				return usageError{err}
			}
			key, _, err := e.unlock(args[0])
			if err != nil {
				return err
			}
			r, err := proveKey(key, chain, participant, label)
			if err != nil {
				return err
			}
			return e.printJSON(r)
		})
	cmd.Flags().String("participant", "", e.t("flag.participant"))
	cmd.Flags().String("label", "", e.t("flag.label"))
	cmd.Flags().String("chain-id", "", e.t("flag.chain-id"))
	return cmd
}

func checkRequest(chain, participant, label string) error {
	return errors.Join(envelope.CheckChainID(chain),
		module.CheckSlug("--participant", participant, 3, 40), module.CheckSlug("--label", label, 1, 40))
}

func proveKey(key *ecdsa.PrivateKey, chain, participant, label string) (*keyRequest, error) {
	proof, err := crypto.Sign(envelope.KeyProofDigest(chain, participant, label), key)
	if err != nil {
		return nil, err
	}
	return &keyRequest{
		ChainID: chain, Participant: participant, Label: label,
		PublicKey: hex.EncodeToString(crypto.CompressPubkey(&key.PublicKey)), Proof: hex.EncodeToString(proof),
	}, nil
}

// readRequest reads a request and checks its proof, so that a mistake shows
// before the ledger refuses it.
func (e *env) readRequest(path string) (*keyRequest, *registryv1.NewKey, error) {
	data, err := e.readInput(path, maxKeyFile)
	if err != nil {
		return nil, nil, err
	}
	r := new(keyRequest)
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(r); err != nil {
		return nil, nil, usage("%s is not a request as `filiera keys prove` prints it: %v", path, err)
	}
	pub, err1 := hex.DecodeString(r.PublicKey)
	proof, err2 := hex.DecodeString(r.Proof)
	if err := errors.Join(err1, err2, checkRequest(r.ChainID, r.Participant, r.Label)); err != nil {
		return nil, nil, usage("%s: %v", path, err)
	}
	address, err := keys.Address(pub)
	if err != nil {
		return nil, nil, usage("%s: %v", path, err)
	}
	signer, err := envelope.RecoverAddress(envelope.KeyProofDigest(r.ChainID, r.Participant, r.Label), proof)
	if err != nil || !strings.EqualFold("0x"+hex.EncodeToString(signer), address) {
		return nil, nil, usage("%s: the key did not sign this request; make it again with `filiera keys prove`", path)
	}
	return r, &registryv1.NewKey{Label: r.Label, PublicKey: pub, Proof: proof}, nil
}
