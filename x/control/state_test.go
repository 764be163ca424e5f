package control_test

import (
	"bytes"
	"encoding/binary"
	"testing"

	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

	controlv1 "github.com/filiera-chain/filiera/api/control/v1"
	"github.com/filiera-chain/filiera/module"
	"github.com/filiera-chain/filiera/module/statekey"
	"github.com/filiera-chain/filiera/x/control"
)

func (w *world) find(key []byte, into proto.Message) {
	w.T.Helper()
	value, err := w.Branch.Get(key)
	must(w.T, err)
	if value == nil {
		w.T.Fatalf("nothing stands under %q", key)
	}
	must(w.T, proto.Unmarshal(value, into))
}

func TestPublishedKeysFindTheRecords(t *testing.T) {
	w := newWorld(t)
	r := w.ask("A")
	w.Do(by(body), scheduling(r))
	w.Do(by(body), finding(r, major))
	w.Do(by(body), results(result(r, "A")))
	request, f, l := new(controlv1.ControlRequest), new(controlv1.NonConformity), new(controlv1.LabResult)
	w.find(statekey.ControlRequest(r), request)
	w.find(statekey.Finding(r, 1), f)
	w.find(statekey.LabResult(r, 1), l)
	if request.GetId() != r || f.GetNumber() != 1 || l.GetSample() != "26-01873" {
		t.Errorf("found %v, %v, %v", request, f, l)
	}
	from, to := statekey.OpenMajorsOf(pasta, "A")
	it, err := w.Branch.Iterator(from, to)
	must(t, err)
	defer it.Close()
	want := binary.BigEndian.AppendUint32(append(append([]byte(nil), r...), 0), 1)
	if !it.Valid() || !bytes.Equal(it.Key()[len(from):], want) {
		t.Error("the range of open majors does not hold the request and the number")
	}
}

// ask puts a question as ABCI does.
func (w *world) query(method string, q proto.Message) (proto.Message, error) {
	for _, x := range w.control.Module().Queries {
		if x.Method == method {
			return x.Answer(w.Reader(), q)
		}
	}
	w.T.Fatalf("no question %s", method)
	return nil, nil
}

func TestQuestions(t *testing.T) {
	w := newWorld(t)
	r := w.ask("A")
	w.Do(by(body), scheduling(r))
	w.Do(by(body), finding(r, major))
	w.Do(by(body), finding(r, minor))
	w.Do(by(body), results(result(r, "A"), result(r, "A")))
	a, err := w.query("Request", &controlv1.RequestRequest{Id: r})
	must(t, err)
	if got := a.(*controlv1.RequestResponse); len(got.GetFindings()) != 2 || len(got.GetResults()) != 2 || got.GetRequest().GetId() != r {
		t.Errorf("the answer is %v", got)
	}
	a, err = w.query("OpenMajors", &controlv1.OpenMajorsRequest{Gtin: pasta, Lot: "A"})
	must(t, err)
	if got := a.(*controlv1.OpenMajorsResponse).GetFindings(); len(got) != 1 || got[0].GetNumber() != 1 {
		t.Errorf("the answer is %v", got)
	}
	for _, q := range []proto.Message{&controlv1.RequestRequest{Id: "body:9"}, &controlv1.RequestRequest{}} {
		if _, err := w.query("Request", q); err == nil {
			t.Errorf("%v is answered", q)
		}
	}
	if _, err := w.query("OpenMajors", &controlv1.OpenMajorsRequest{Gtin: "1", Lot: "A"}); err == nil {
		t.Error("a bad GTIN is answered")
	}
}

func TestGenesisAnnouncesEveryRecord(t *testing.T) {
	w := newWorld(t)
	r := w.ask("A")
	w.Do(by(body), scheduling(r))
	w.Do(by(body), finding(r, minor))
	w.Do(by(body), results(result(r, "A")))
	var said []proto.Message
	must(t, w.control.Module().Records(w.Reader(), func(m proto.Message) { said = append(said, m) }))
	if len(said) != 3 {
		t.Errorf("it says %v", said)
	}
}

// model is what the ledger was told, in the plainest form.
type model struct {
	state  string
	lot    string
	body   string
	open   map[uint32]controlv1.Severity
	found  uint32
	tested uint32
}

type story struct {
	*world
	known map[string]*model
	order []string
}

func TestRandomWorkAgreesWithTheModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := &story{world: newWorld(t), known: map[string]*model{}}
		t.Repeat(map[string]func(*rapid.T){
			"a request comes":     s.comes,
			"somebody acts on it": s.acts,
			"":                    s.check,
		})
	})
}

func (s *story) queued(bodyID, lot string) bool {
	for _, m := range s.known {
		if m.body == bodyID && m.lot == lot && (m.state == "requested" || m.state == "scheduled") {
			return true
		}
	}
	return false
}

func (s *story) comes(t *rapid.T) {
	lot := rapid.SampledFrom([]string{"A", "B"}).Draw(t, "lot")
	to := rapid.SampledFrom([]string{body, "other-body"}).Draw(t, "body")
	sound := !s.queued(to, lot)
	out, err := s.Try(by("maker"), change(asking(lot), func(m *controlv1.MsgRequestControl) { m.Certifier = to }))
	if (err == nil) != sound {
		t.Fatalf("request for %s to %s: %v", lot, to, err)
	}
	if err == nil {
		id := out.(*controlv1.RequestControlResult).GetRequest()
		s.known[id] = &model{state: "requested", lot: lot, body: to, open: map[uint32]controlv1.Severity{}}
		s.order = append(s.order, id)
	}
}

func (s *story) acts(t *rapid.T) {
	if len(s.order) == 0 {
		return
	}
	r := rapid.SampledFrom(s.order).Draw(t, "request")
	who := rapid.SampledFrom([]string{body, "other-body", "maker", "region"}).Draw(t, "who")
	m := s.known[r]
	mine, live := who == m.body, m.state == "scheduled"
	switch rapid.IntRange(0, 6).Draw(t, "act") {
	case 0:
		s.try(t, who, scheduling(r), mine && (m.state == "requested" || live), func() { m.state = "scheduled" })
	case 1:
		decline := &controlv1.MsgDeclineControl{Request: r, Code: controlv1.DeclineCode_DECLINE_CODE_OTHER, Reason: "closed"}
		s.try(t, who, decline, mine && m.state == "requested", func() { m.state = "declined" })
	case 2:
		severity := rapid.SampledFrom([]controlv1.Severity{minor, major}).Draw(t, "severity")
		s.try(t, who, finding(r, severity), mine && live && m.found < 50, func() { m.found++; m.open[m.found] = severity })
	case 3:
		n := rapid.Uint32Range(1, 4).Draw(t, "number")
		_, open := m.open[n]
		s.try(t, who, closing(r, n), (mine || who == "region") && open, func() { delete(m.open, n) })
	case 4:
		s.try(t, who, results(result(r, m.lot)), mine && live && m.tested < 200, func() { m.tested++ })
	case 5:
		s.try(t, who, &controlv1.MsgRefuseControl{Request: r, Reason: "not met"}, mine && live, func() { m.state = "refused" })
	case 6:
		s.try(t, who, &controlv1.MsgWithdrawControl{Request: r, Reason: "not ready"}, who == "maker" && (live || m.state == "requested"), func() { m.state = "withdrawn" })
	}
}

func (s *story) try(t *rapid.T, who string, act proto.Message, sound bool, then func()) {
	_, err := s.Try(by(who), act)
	if module.AsError(err).ID() == control.ErrLimit.ID() {
		return // a full history
	}
	if (err == nil) != sound {
		t.Fatalf("%s does %v: %v", who, act, err)
	}
	if sound {
		then()
	}
}

func (s *story) check(t *rapid.T) {
	blocked := map[string]bool{}
	for id, m := range s.known {
		r := s.request(id)
		minors, majors := uint32(0), uint32(0)
		for _, severity := range m.open {
			if severity == major {
				majors++
				blocked[m.lot] = true
			} else {
				minors++
			}
		}
		if control.StatusWord(r.GetStatus()) != m.state || r.GetOpenMinor() != minors || r.GetOpenMajor() != majors || r.GetLastResult() != m.tested {
			t.Fatalf("request %s is %v, want %v", id, r, m)
		}
	}
	for _, lot := range []string{"A", "B"} {
		if err := s.control.Clear(s.Reader(), pasta, lot); (err != nil) != blocked[lot] {
			t.Fatalf("lot %s: %v, blocked: %t", lot, err, blocked[lot])
		}
	}
}
