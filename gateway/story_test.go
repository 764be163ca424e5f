package gateway

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"strings"

	"github.com/ethereum/go-ethereum/crypto"
	"google.golang.org/protobuf/proto"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	certv1 "github.com/filiera-chain/filiera/api/cert/v1"
	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	tracev1 "github.com/filiera-chain/filiera/api/trace/v1"
	"github.com/filiera-chain/filiera/index"
	"github.com/filiera-chain/filiera/module/statekey"
)

func (w *world) story() [][32]byte {
	addr := crypto.PubkeyToAddress(testKey.PublicKey)
	participants := map[string]proto.Message{}
	var say []proto.Message
	for _, id := range []string{"regione-marche", "amap-apc", "pastificio"} {
		p := &registryv1.Participant{Id: id, Name: strings.ToUpper(id), Status: 1, EnrolledAt: firstTime}
		participants[string(statekey.Participant(id))] = p
		say = append(say, index.AnnounceRecord(p))
	}
	acc := &registryv1.Accreditation{
		Certifier: "amap-apc", Specification: "maccheroncini", Status: 1, Reference: "DM 8 Oct 1999",
		History: []*basev1.StatusLine{{Status: "active", Actor: "regione-marche", At: firstTime, Height: 1}},
	}
	participants[string(statekey.Accreditation("amap-apc", "maccheroncini"))] = acc
	key := &registryv1.Key{Address: addr[:], Participant: "pastificio", Label: "ufficio", PublicKey: crypto.CompressPubkey(&testKey.PublicKey)}
	say = append(say, index.AnnounceRecord(acc), index.AnnounceRecord(key),
		index.AnnounceRecord(&registryv1.Grant{Participant: "amap-apc", Number: 1, Role: registryv1.Role_ROLE_CERTIFIER, GrantedAt: firstTime}),
		index.AnnounceRecord(&registryv1.Params{MaxTxBytes: 1 << 20, ProposalSeconds: 86400}),
		index.AnnounceRecord(&registryv1.Proposal{
			Id: 1, Status: 1, Proposer: "regione-marche",
			Decision: &registryv1.Decision{Kind: &registryv1.Decision_AdmitAuthority{AdmitAuthority: &registryv1.AdmitAuthority{Participant: "pastificio"}}},
		}),
		index.AnnounceRecord(&registryv1.Validator{PublicKey: w.validator.PubKey().Bytes(), Power: 10, Participant: "regione-marche", Name: "one"}))
	return w.commit(
		action{acts: []proto.Message{&registryv1.MsgEnrol{Id: "pastificio"}}, state: participants, say: say},
		w.specification(), w.batch(testLot), w.attestation(), w.event(),
		action{acts: []proto.Message{&productv1.MsgRegisterBatch{Gtin: testGTIN, Lot: testLot}}, code: 4},
	)
}

func (w *world) specification() action {
	spec := &productv1.Specification{Id: "maccheroncini", Name: "Maccheroncini di Campofilone IGP", Scheme: productv1.Scheme_SCHEME_IGP, LatestVersion: 1, RegisteredAt: firstTime}
	version := &productv1.SpecificationVersion{Specification: "maccheroncini", Version: 1, LegalBasis: "Reg. (UE) 1216/2013", InForceFrom: "2013-11-29", DocumentSha256: make([]byte, 32)}
	product := &productv1.Product{Gtin: testGTIN, Owner: "pastificio", Specification: "maccheroncini", Name: "Maccheroncini 250 g", BaseUnit: "GRM"}
	return action{
		acts: []proto.Message{&productv1.MsgRegisterSpecification{Id: "maccheroncini"}},
		state: map[string]proto.Message{
			string(statekey.Specification("maccheroncini")): spec, string(statekey.SpecificationVersion("maccheroncini", 1)): version,
			string(statekey.Product(testGTIN)): product,
		},
		say: []proto.Message{index.AnnounceRecord(spec), index.AnnounceRecord(version), index.AnnounceRecord(product)},
	}
}

func (w *world) batch(lot string) action {
	b := &productv1.Batch{
		Gtin: testGTIN, Lot: lot, Specification: "maccheroncini", SpecificationVersion: 1, Quantity: &basev1.Quantity{Amount: 1_500_000, Unit: "GRM"},
		ProductionDate: "2026-11-10", ExpiryDate: "2028-11-10", Place: "044007", Owner: "pastificio", Custodian: "pastificio", Status: 1,
		RegisteredAt: firstTime, RegisteredHeight: 1,
	}
	return action{
		acts:  []proto.Message{&productv1.MsgRegisterBatch{Gtin: testGTIN, Lot: lot}},
		state: map[string]proto.Message{string(statekey.Batch(testGTIN, lot)): b}, say: []proto.Message{index.AnnounceRecord(b)},
	}
}

const attestationID = "urn:uuid:6f1f2a3c-0000-4000-8000-000000000001"

func (w *world) attestation() action {
	a := &certv1.Attestation{
		Id: attestationID, Certifier: "amap-apc", Specification: "maccheroncini", SpecificationVersion: 1,
		Batches:   []*certv1.CoveredBatch{{Batch: &basev1.BatchID{Gtin: testGTIN, Lot: testLot}, Quantity: &basev1.Quantity{Amount: 1_500_000, Unit: "GRM"}}},
		ValidFrom: firstTime - 100, ValidUntil: firstTime + 1_000_000, KeyLabel: "ufficio", CredentialSha256: bytes.Repeat([]byte{0xab}, 32),
		History: []*basev1.StatusLine{{Status: "issued", Actor: "amap-apc", At: firstTime, Height: 1}}, SubmittedBy: "pastificio",
	}
	start, _ := statekey.AttestationsOf(testGTIN, testLot)
	return action{
		acts:  []proto.Message{&certv1.MsgIssue{Credential: []byte("jwt")}},
		state: map[string]proto.Message{string(statekey.Attestation(a.Id)): a},
		index: [][]byte{append(start, a.Id...)}, say: []proto.Message{index.AnnounceRecord(a)},
	}
}

const capturedDocument = `{"@context":"https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld","type":"EPCISDocument","schemaVersion":"2.0",
"epcisBody":{"eventList":[{"type":"ObjectEvent","note":"drying & packing"}]}}`

func (w *world) event() action {
	id := sha256.Sum256([]byte("event"))
	e := &tracev1.Event{
		Id: id[:], Type: "ObjectEvent", EventTimeMs: (firstTime - 50) * 1000, TimeZoneOffset: "+01:00", Action: "ADD", Reporter: "pastificio",
		Batches:    []*tracev1.Involved{{Batch: &basev1.BatchID{Gtin: testGTIN, Lot: testLot}, Part: 1, Registered: true}},
		RecordedAt: firstTime, RecordedHeight: 1, ContentSha256: make([]byte, 32),
	}
	start, _ := statekey.JourneyOf(testGTIN, testLot)
	key := append(binary.BigEndian.AppendUint64(start, uint64(e.EventTimeMs)^1<<63), id[:]...)
	return action{
		acts:  []proto.Message{&tracev1.MsgCapture{Document: []byte(capturedDocument)}},
		state: map[string]proto.Message{string(statekey.Event(id[:])): e}, index: [][]byte{key},
		say:    []proto.Message{&tracev1.EventCaptured{Event: e}},
		result: []proto.Message{&tracev1.CaptureResult{Receipts: []*tracev1.Receipt{{Id: id[:], Outcome: 1}}}},
	}
}
