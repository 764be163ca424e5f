package product

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	"github.com/filiera-chain/filiera/gs1"
	"github.com/filiera-chain/filiera/module/statekey"
)

func describe(lot string) *productv1.MsgDescribeProduct {
	photo := sha256.Sum256([]byte("photograph"))
	return &productv1.MsgDescribeProduct{Gtin: "8001234567897", Lot: lot, Link: &productv1.Link{
		LinkType: "gs1:relatedImage", Href: "https://example.org/pasta.jpg", Title: "La confezione", Languages: []string{"it"},
		MediaType: "image/jpeg", Sha256: photo[:], Size: 10,
	}}
}

func page(lot, href string) *productv1.MsgDescribeProduct {
	return &productv1.MsgDescribeProduct{Gtin: pastaGTIN, Lot: lot, Link: &productv1.Link{LinkType: "gs1:pip", Href: href, Title: "Scheda"}}
}

func TestAnOwnerDescribesAProductAndABatchOfIt(t *testing.T) {
	l := newLedger(t).withBatch()
	l.must(l.do(pastaMaker, describe("")))
	l.must(l.do(pastaMaker, describe("24123")))
	l.must(l.do(pastaMaker, page("", "https://example.org/lotti/{gtin}/{lot}?s={serial}")))
	l.pass(400) // the role has ended; who sold it still answers for it
	l.must(l.do(pastaMaker, page("", "https://example.org/2")))
	for lot, want := range map[string]int{"": 3, "24123": 1} {
		a, err := l.product.queryDescriptions(l.reader(), &productv1.DescriptionsRequest{Gtin: pastaGTIN, Lot: lot})
		l.must(err)
		if len(a.GetDescriptions()) != want {
			t.Errorf("lot %q has %v", lot, a)
		}
	}
	value, err := l.kv.Get(statekey.Description(pastaGTIN, "24123", 1))
	l.must(err)
	var d productv1.Description
	l.must(proto.Unmarshal(value, &d))
	if d.GetLink().GetTitle() != "La confezione" || d.GetDescribedBy() != pastaMaker || d.GetDescribedAt() != start {
		t.Errorf("description = %v", &d)
	}
	from, to := statekey.DescriptionsOf(pastaGTIN, "")
	it, err := l.kv.Iterator(from, to)
	l.must(err)
	defer it.Close()
	n := uint32(0)
	for ; it.Valid(); it.Next() {
		if n++; !bytes.Equal(it.Key(), statekey.Description(pastaGTIN, "", n)) {
			t.Errorf("key %d is %x", n, it.Key())
		}
	}
	if n != 3 {
		t.Errorf("the range of the product has %d links", n)
	}
}

func TestADescriptionIsRefusedWhen(t *testing.T) {
	type msg = *productv1.MsgDescribeProduct
	l := newLedger(t).withBatch()
	l.must(l.do(pastaMaker, describe("")))
	fresh := func() msg { m := describe(""); m.Link.Title = "Altra"; return m }
	href := func(s string) func(msg) {
		return func(m msg) { m.Link.Href, m.Link.Sha256, m.Link.Size, m.Link.MediaType = s, nil, 0, "" }
	}
	refuses(t, l, pastaMaker, fresh, []refusal[msg]{
		{name: "its signer is not the owner", signer: oilMaker, want: ErrNotOwner},
		{name: "its signer is an authority", signer: region, want: ErrNotOwner},
		{name: "the product is unknown", change: func(m msg) { m.Gtin = flourGTIN }, want: ErrProduct},
		{name: "the GTIN is none", change: func(m msg) { m.Gtin = "1" }, want: ErrGTIN},
		{name: "the batch is unknown", change: func(m msg) { m.Lot = "24124" }, want: ErrBatch},
		{name: "the lot is none", change: func(m msg) { m.Lot = "è" }, want: ErrLot},
		{name: "the link is missing", change: func(m msg) { m.Link = nil }, want: ErrShape},
		{name: "the very link stands already", change: func(m msg) { m.Link = describe("").Link }, want: ErrLinkTaken},
		{name: "its type is missing", change: func(m msg) { m.Link.LinkType = "" }, want: ErrLink},
		{name: "its type is of nobody's vocabulary", change: func(m msg) { m.Link.LinkType = "gs1:photograph" }, want: ErrLink},
		{name: "its type is written as an address", change: func(m msg) { m.Link.LinkType = "https://gs1.org/voc/pip" }, want: ErrLink},
		{name: "its type is the resolver's", change: func(m msg) { m.Link.LinkType = "gs1:defaultLink" }, want: ErrLink},
		{name: "its type was given up", change: func(m msg) { m.Link.LinkType = "gs1:productSustainabilityInfo" }, want: ErrLink},
		{name: "its address is empty", change: href(""), want: ErrLink},
		{name: "its address is not encrypted", change: href("http://example.org/"), want: ErrLink},
		{name: "its address is a program", change: href("javascript:alert(1)"), want: ErrLink},
		{name: "its address has a user name", change: href("https://mario@example.org/"), want: ErrLink},
		{name: "its address is this machine", change: href("https://localhost/"), want: ErrLink},
		{name: "its address has no host", change: href("https:///path"), want: ErrLink},
		{name: "its address has a space", change: href("https://example.org/a b"), want: ErrLink},
		{name: "its address has a quote", change: href(`https://example.org/"`), want: ErrLink},
		{name: "its address breaks the line", change: href("https://example.org/\r\nSet-Cookie: a"), want: ErrLink},
		{name: "its address is not ASCII", change: href("https://example.org/è"), want: ErrLink},
		{name: "its address is long", change: href("https://example.org/" + strings.Repeat("a", 500)), want: ErrLink},
		{name: "its address has a variable that is none", change: href("https://example.org/{ip}"), want: ErrLink},
		{name: "its address opens a brace", change: href("https://example.org/{lot"), want: ErrLink},
		{name: "its address closes a brace", change: href("https://example.org/lot}"), want: ErrLink},
		{name: "its host is a variable", change: href("https://{lot}.example.org/"), want: ErrLink},
		{name: "its title is missing", change: func(m msg) { m.Link.Title = "" }, want: ErrShape},
		{name: "its title is not UTF-8", change: func(m msg) { m.Link.Title = "\xff" }, want: ErrShape},
		{name: "its language is a name", change: func(m msg) { m.Link.Languages = []string{"italiano"} }, want: ErrLink},
		{name: "its language stands twice", change: func(m msg) { m.Link.Languages = []string{"it", "it"} }, want: ErrLink},
		{name: "its languages are many", change: func(m msg) {
			m.Link.Languages = strings.Split("it en fr de es pt nl da sv fi pl", " ")
		}, want: ErrLink},
		{name: "its media type has no subtype", change: func(m msg) { m.Link.MediaType = "image" }, want: ErrLink},
		{name: "its media type has a parameter", change: func(m msg) { m.Link.MediaType = "text/html; charset=utf-8" }, want: ErrLink},
		{name: "an image has no hash", change: func(m msg) { m.Link.Sha256, m.Link.Size = nil, 0 }, want: ErrLink},
		{name: "its hash is short", change: func(m msg) { m.Link.Sha256 = []byte{1} }, want: ErrLink},
		{name: "it has a hash and no size", change: func(m msg) { m.Link.Size = 0 }, want: ErrLink},
		{name: "its size is negative", change: func(m msg) { m.Link.Size = -1 }, want: ErrLink},
		{name: "it has one hash for many contents", change: func(m msg) { m.Link.Href = "https://example.org/{lot}.jpg" }, want: ErrLink},
		{name: "its context has a space", change: func(m msg) { m.Link.Contexts = []string{"a b"} }, want: ErrLink},
	})
}

func TestLinksAreBounded(t *testing.T) {
	l := newLedger(t).withPasta()
	for i := range maxDescriptions {
		l.must(l.do(pastaMaker, page("", fmt.Sprintf("https://example.org/%d", i))))
	}
	refuses(t, l, pastaMaker, func() *productv1.MsgDescribeProduct { return page("", "https://example.org/more") },
		[]refusal[*productv1.MsgDescribeProduct]{{name: "as many stand as may", want: ErrLimit}})
	l.must(l.do(pastaMaker, &productv1.MsgWithdrawDescription{Gtin: pastaGTIN, Number: 1, Reason: "moved"}))
	l.must(l.do(pastaMaker, page("", "https://example.org/more")))
}

func TestAnOwnerWithdrawsALink(t *testing.T) {
	type msg = *productv1.MsgWithdrawDescription
	l := newLedger(t).withBatch()
	l.must(l.do(pastaMaker, describe("24123")))
	fresh := func() msg {
		return &productv1.MsgWithdrawDescription{Gtin: pastaGTIN, Lot: "24123", Number: 1, Reason: "old photograph"}
	}
	refuses(t, l, pastaMaker, fresh, []refusal[msg]{
		{name: "its signer is not the owner", signer: oilMaker, want: ErrNotOwner},
		{name: "the number is unknown", change: func(m msg) { m.Number = 2 }, want: ErrLinkUnknown},
		{name: "the number is missing", change: func(m msg) { m.Number = 0 }, want: ErrShape},
		{name: "the link is of the batch and not of the product", change: func(m msg) { m.Lot = "" }, want: ErrLinkUnknown},
		{name: "the reason is missing", change: func(m msg) { m.Reason = "" }, want: ErrShape},
	})
	l.must(l.do(pastaMaker, fresh()))
	if d := l.announced[0].(*productv1.DescriptionChanged).GetDescription(); d.GetWithdrawnAt() != start || d.GetWithdrawnReason() != "old photograph" {
		t.Errorf("description = %v", d)
	}
	refuses(t, l, pastaMaker, fresh, []refusal[msg]{{name: "it is withdrawn already", want: ErrState}})
	l.must(l.do(pastaMaker, describe("24123"))) // the same link may be given again
}

func TestEveryLinkTypeOfTheVocabularyIsKnown(t *testing.T) {
	taken, refused := 0, 0
	for _, lt := range gs1.LinkTypes() {
		if checkLinkType(&productv1.Link{LinkType: lt.CURIE}) == nil {
			taken++
		} else {
			refused++
		}
	}
	if taken != 56 || refused != 4 {
		t.Errorf("%d link types are taken and %d refused", taken, refused)
	}
}
