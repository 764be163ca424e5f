package node_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/crypto"

	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	txv1 "github.com/filiera-chain/filiera/api/tx/v1"
	"github.com/filiera-chain/filiera/envelope"
)

// A transaction is tried over HTTP, without a signature, and stays untold.
func TestATransactionIsTriedWithoutASignature(t *testing.T) {
	n := start(t, newHome(t))
	k, err := crypto.ToECDSA(append(make([]byte, 31), 7))
	check(t, err)
	bare := func(participant string) []byte {
		act, err := envelope.Act(&registryv1.MsgGrantRole{Participant: participant, Grant: &registryv1.NewGrant{Role: registryv1.Role_ROLE_AUDITOR}})
		check(t, err)
		raw, err := envelope.Unsigned(&txv1.TxBody{
			ChainId: chainID, Lane: 1, Sequence: 1, ExpiresAt: time.Now().Add(time.Minute).Unix(), Acts: []*txv1.Act{act},
		})
		check(t, err)
		return raw
	}
	signer := crypto.PubkeyToAddress(k.PublicKey).Hex()
	type answer struct {
		Code    any
		ID      string
		Signer  string
		Act     int
		Changes []struct {
			Type   string
			Record map[string]any
		}
	}
	try := func(query string, raw []byte) (status int, out answer) {
		res, err := http.Post(n.GatewayURL()+"/v1/txs/rehearse"+query, "application/octet-stream", bytes.NewReader(raw))
		check(t, err)
		defer res.Body.Close()
		check(t, json.NewDecoder(res.Body).Decode(&out))
		return res.StatusCode, out
	}
	status, got := try("?signer="+signer, bare("region"))
	if status != 200 || got.Code != float64(0) || got.Signer != "region" || len(got.Changes) != 2 || got.Changes[0].Record["participant"] != "region" {
		t.Errorf("%d %+v", status, got)
	}
	if status, got = try("?signer="+signer, bare("nobody")); status != 200 || got.ID != "registry.unknown_participant" || got.Act != 1 {
		t.Errorf("a refusal: %d %+v", status, got)
	}
	for query, want := range map[string]string{"": "tx.bad_signature", "?signer=0x00000000000000000000000000000000000000ff": "tx.unknown_key"} {
		if status, got = try(query, bare("region")); status != 200 || got.ID != want {
			t.Errorf("%s: %d %+v", query, status, got)
		}
	}
	if status, got = try("?signer=me", bare("region")); status != 400 {
		t.Errorf("no address: %d %+v", status, got)
	}
	if status, got = try("", []byte("noise")); status != 400 || got.Code != "tx.undecodable" {
		t.Errorf("noise: %d %+v", status, got)
	}
	// What was tried is still to be sent.
	if r := send(t, n, enrolment(t, 1)); r["code"] != float64(0) {
		t.Errorf("sent afterwards: %v", r)
	}
	check(t, n.Stop())
}
