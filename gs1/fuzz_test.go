package gs1

import "testing"

func FuzzParseGTIN(f *testing.F) {
	for _, s := range []string{"8001234567897", "02345673", "416000336108", "", "00000000000000", "8001234567890"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		gtin, err := ParseGTIN(s)
		if err != nil {
			return
		}
		if again, err := ParseGTIN(gtin); err != nil || again != gtin || len(gtin) != 14 {
			t.Fatalf("%q gave %q, which gave %q, %v", s, gtin, again, err)
		}
	})
}

func FuzzDigitalLink(f *testing.F) {
	for _, s := range []string{
		"https://id.gs1.org/01/09520123456788/10/ABC1/21/12345?17=180426", "https://a/00/006141411234567890",
		"http://a/01/%", "https://a/414/4012345000115/254/1?99=%2b", "urn:epc:id:itip:4012345.011111.01.02.987",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if canonical, ok := Canonical(s); ok {
			if again, ok := Canonical(canonical); !ok || again != canonical {
				t.Fatalf("%q became %q, which became %q", s, canonical, again)
			}
		}
		if epc, err := ParseEPC(s); err == nil {
			if again, err := ParseEPC(epc.URI()); err != nil || again.URI() != epc.URI() {
				t.Fatalf("%q is %+v, whose URI %q is %+v, %v", s, epc, epc.URI(), again, err)
			}
		}
		e, err := ParseDigitalLink(s)
		if err != nil {
			return
		}
		link, err := e.CanonicalDigitalLink()
		if err != nil {
			t.Fatalf("%q was read as %s, which cannot be written: %v", s, e, err)
		}
		again, err := ParseDigitalLink(link)
		if err != nil {
			t.Fatalf("%q was written as %q, which is refused: %v", s, link, err)
		}
		if twice, err := again.CanonicalDigitalLink(); err != nil || twice != link {
			t.Fatalf("%q became %q, then %q, %v", s, link, twice, err)
		}
	})
}

func FuzzElementString(f *testing.F) {
	for _, s := range []string{"(01)12345678901231(10)12345", "^0112345678901231^991234", "]d20112345678901231", `(10)12345\(11)991225`, "8001234567897 L 1", "\v", "\u00a0"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		_, _ = ParseTarget(s)
		_ = LotCandidates(s)
		e, err := ParseElementString(s)
		if err != nil {
			return
		}
		if again, err := ParseElementString("^" + e.ElementString()); err != nil || again.String() != e.String() {
			t.Fatalf("%q was read as %s, then as %s, %v", s, e, again, err)
		}
	})
}

func FuzzRead(f *testing.F) {
	for _, l := range foodLabels {
		f.Add(l.bracketed)
		f.Add(l.link)
	}
	for _, s := range []string{"https://a/gtin/1?99=%2b&89=x", "urn:filiera:location:abc:d", "8012345000005.a/b", "(7007)260601260630(8110)012345612345611110123", "]C1\x1d10A"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, id := range LocationIDs(s) {
			if again, err := ParseLocationID(id.String()); err != nil || again != id {
				t.Fatalf("%q names %v, which is read as %v, %v", s, id, again, err)
			}
			if ids := LocationIDs(id.URI()); len(ids) == 0 || ids[0] != id {
				t.Fatalf("%q names %v, whose URI names %v", s, id, ids)
			}
		}
		_, _ = ReadLenient(s)
		e, err := Read(s)
		if err != nil {
			return
		}
		for _, element := range e {
			_, _ = element.Meaning(2026)
			_ = Title(element.AI, "it")
		}
		if again, err := Read(e.String()); err != nil || again.String() != e.String() {
			t.Fatalf("%q is %s, which is read as %s, %v", s, e, again, err)
		}
	})
}
