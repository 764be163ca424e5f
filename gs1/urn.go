package gs1

import "strings"

// urnForm says how an EPC URN maps to a GS1 key. prefix is the company prefix,
// ref the part after the first dot; together they have refDigits digits, or, for
// refDigits 0, make one alphanumeric key.
// Source: EPC Tag Data Standard 1.13, sections 6.3 and 7.
type urnForm struct {
	key       string // AI of the key
	refDigits int    // digits of prefix + ref, 0 for alphanumeric references
	leading   string // digit written before the key (GRAI)
	swap      bool   // the first digit of ref goes in front (indicator, extension)
	tail      string // AI of what follows; "" for none, "+" when it joins the key
	pieces    bool   // piece and total stand between ref and tail (ITIP)
}

var urnForms = map[string]urnForm{
	"sgtin": {key: "01", refDigits: 13, swap: true, tail: "21"},
	"sscc":  {key: "00", refDigits: 17, swap: true},
	"sgln":  {key: "414", refDigits: 12, tail: "254"},
	"grai":  {key: "8003", refDigits: 12, leading: "0", tail: "+"},
	"giai":  {key: "8004"},
	"gsrn":  {key: "8018", refDigits: 17},
	"gsrnp": {key: "8017", refDigits: 17},
	"gdti":  {key: "253", refDigits: 12, tail: "+"},
	"cpi":   {key: "8010", tail: "8011"},
	"sgcn":  {key: "255", refDigits: 12, tail: "+"},
	"ginc":  {key: "401"},
	"gsin":  {key: "402", refDigits: 16},
	"itip":  {key: "8006", refDigits: 13, swap: true, tail: "21", pieces: true},
	"upui":  {key: "01", refDigits: 13, swap: true, tail: "235"},
	"pgln":  {key: "417", refDigits: 12},
	"lgtin": {key: "01", refDigits: 13, swap: true, tail: "10"},
}

// identifyURN reads what follows "urn:epc:".
func identifyURN(s string) (list Elements, pattern, ok bool) {
	kind, rest, _ := strings.Cut(s, ":")
	scheme, body, ok := strings.Cut(rest, ":")
	form, known := urnForms[scheme]
	if !ok || !known || (kind == "class") != (scheme == "lgtin") {
		return nil, false, false
	}
	switch kind {
	case "id", "class":
	case "idpat":
		if form.tail == "" || scheme == "sgln" || !strings.HasSuffix(body, ".*") {
			return nil, false, false
		}
		pattern, body, form.tail = true, strings.TrimSuffix(body, ".*"), ""
	default:
		return nil, false, false
	}
	list, ok = form.read(body)
	return list, pattern, ok
}

// read turns "prefix.ref[.piece.total][.tail]" into elements.
func (f urnForm) read(body string) (Elements, bool) {
	prefix, rest, ok := strings.Cut(body, ".")
	if !ok || len(prefix) < 6 || len(prefix) > 12 || !isDigits(prefix) {
		return nil, false
	}
	ref, tail, ok := f.cut(rest)
	if !ok {
		return nil, false
	}
	var pieces string
	if f.pieces {
		if pieces, tail, ok = cutPieces(tail, f.tail != ""); !ok {
			return nil, false
		}
	}
	key, ok := f.joinKey(prefix, ref)
	if !ok {
		return nil, false
	}
	return f.assemble(key+pieces, tail)
}

// cut separates the reference from what follows. A component reference has its
// serial after the last dot, because the reference itself may hold dots.
func (f urnForm) cut(rest string) (ref, tail string, ok bool) {
	switch {
	case f.tail == "" && !f.pieces:
		return rest, "", true
	case f.refDigits == 0:
		i := strings.LastIndexByte(rest, '.')
		if i < 0 {
			return "", "", false
		}
		return rest[:i], rest[i+1:], true
	default:
		return strings.Cut(rest, ".")
	}
}

func cutPieces(s string, more bool) (pieces, tail string, ok bool) {
	const n = len("pp.tt")
	if len(s) < n || s[2] != '.' || (len(s) > n) != more || (more && s[n] != '.') {
		return "", "", false
	}
	pieces = s[:2] + s[3:n]
	if more {
		tail = s[n+1:]
	}
	return pieces, tail, isDigits(pieces)
}

// joinKey builds the key with its check digit.
func (f urnForm) joinKey(prefix, ref string) (string, bool) {
	if f.refDigits == 0 {
		text, ok := decodeURN(ref)
		return prefix + text, ok
	}
	if len(prefix)+len(ref) != f.refDigits || nonDigit(ref) >= 0 {
		return "", false
	}
	raw := prefix + ref
	if f.swap {
		if ref == "" {
			return "", false
		}
		raw = ref[:1] + prefix + ref[1:]
	}
	return f.leading + raw + string(checkDigit(raw)), true
}

func (f urnForm) assemble(key, tail string) (Elements, bool) {
	text, ok := decodeURN(tail)
	if !ok || (f.tail != "" && text == "") {
		return nil, false
	}
	if f.tail == "+" {
		key += text
	}
	var list Elements
	if list.add(f.key, key) != nil {
		return nil, false
	}
	if f.tail == "" || f.tail == "+" || (f.tail == "254" && tail == "0") {
		return list, true
	}
	return list, list.add(f.tail, text) == nil
}

// urnBare are the characters an EPC URN writes without percent-encoding.
var urnBare = newCharset(digits + upper + lower + "!'()*+,-.:;=_%")

func decodeURN(s string) (string, bool) {
	if urnBare.outside(s) >= 0 || checkPercent(s) != "" {
		return "", false
	}
	text, err := unescape(s, false)
	return text, err == nil
}
