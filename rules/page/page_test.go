package page

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/filiera-chain/filiera/rules"
)

const hostile = `contract: prova
version: 3
title: {it: "<script>alert(1)</script>", en: "Trial & error"}
legal_basis: [{act: "Reg. <b>", url: "javascript:alert(1)"}]
in_force: {from: 2020-01-01, to: 2030-12-31, by: act}
pending: [{act: DM di modifica, since: 2025-02-03, note: {it: "da leggere", en: "to read"}}]
approval: {by: [authority, consortium], at_least: 2}
parameters:
  length_min: {label: {it: minima, en: minimum}, value: 35.5 cm, unsourced: true, article: art. 5, conflict: {it: altrove 36, en: 36 elsewhere}, change: consortium}
zones: {area: {label: {it: zona, en: zone}, source: "https://example.org/?a=1&b=2", municipalities: [{istat: "042003", name: "L'Aquila", part: true}]}}
facts: {length: {kind: measure, unit: cm, label: {it: "lunghezza \"x\"", en: length}}}
rules:
  - {rule: lunghezza, label: {it: lunghezza, en: length}, on: [attestation], value: length, min: length_min, severity: warn, say: {it: "{found} <i>", en: "{found}"}}
  - {rule: zona, label: {it: zona, en: zone}, on: [batch], when: batch.stage == 'a', require: "in_zone(batch.place, area, batch.production_date)", severity: hold, effects: [{do: request_control}]}
`

func contract(t *testing.T, text string) *rules.Contract {
	t.Helper()
	c, err := rules.Load([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestThePageEscapesWhatTheContractSays(t *testing.T) {
	out, err := Write(contract(t, hostile), rules.Italian)
	if err != nil {
		t.Fatal(err)
	}
	page := string(out)
	for _, bad := range []string{"<script>", "<b>\"", "href=\"javascript:", "<i>", "Reg. <b>"} {
		if strings.Contains(page, bad) {
			t.Errorf("it holds %s", bad)
		}
	}
	for _, want := range []string{"&lt;script&gt;alert(1)&lt;/script&gt;", "35,5 cm", "senza fonte", "altrove 36", "consorzio", "L&#39;Aquila (042003, in parte)", "Lunghezza &#34;x&#34;: almeno 35,5 cm", "dal 1º gennaio 2020 al 31 dicembre 2030, secondo il giorno dell&#39;atto", "2 tra autorità, consorzio", "DM di modifica", "3 febbraio 2025", "Per: autorità", "Il lotto è sospeso", "si chiede un controllo", "https://example.org/?a=1&amp;b=2", `lang="it"`} {
		if !strings.Contains(page, want) {
			t.Errorf("it lacks %s", want)
		}
	}
}

// TestExpressionsStandInDetailsAlone: a consortium reads words.
func TestExpressionsStandInDetailsAlone(t *testing.T) {
	out, err := Write(contract(t, hostile), rules.English)
	if err != nil {
		t.Fatal(err)
	}
	rest := string(out)
	for {
		head, tail, found := strings.Cut(rest, "<details>")
		for _, cel := range []string{"in_zone(", "batch.stage", "length_min"} {
			if strings.Contains(head, cel) {
				t.Errorf("outside of details: %s", cel)
			}
		}
		if !found {
			break
		}
		_, rest, _ = strings.Cut(tail, "</details>")
	}
	for _, italian := range []string{"Regole", "almeno", "Quando", "Firma"} {
		if bytes.Contains(out, []byte(italian)) {
			t.Errorf("the English page says %s", italian)
		}
	}
}

// TestThePageOfEveryContractStandsAlone: well-formed, nothing loaded from elsewhere.
func TestThePageOfEveryContractStandsAlone(t *testing.T) {
	files, err := filepath.Glob("../../contracts/*/contract.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal(err)
	}
	texts := []string{hostile}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, string(data))
	}
	for i, text := range texts {
		for _, l := range []rules.Language{rules.Italian, rules.English} {
			out, err := Write(contract(t, text), l)
			if err != nil {
				t.Fatal(err)
			}
			for _, outside := range []string{"<img", "<link", "<iframe", "<script", "src=", "url(", "@import"} {
				if bytes.Contains(out, []byte(outside)) {
					t.Errorf("page %d has %s", i, outside)
				}
			}
			wellFormed(t, out)
		}
	}
}

func wellFormed(t *testing.T, page []byte) {
	t.Helper()
	d := xml.NewDecoder(bytes.NewReader(page))
	d.Entity = xml.HTMLEntity
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatalf("%v", err)
		}
	}
}
