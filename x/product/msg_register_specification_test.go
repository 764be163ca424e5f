package product

import (
	"fmt"
	"strings"
	"testing"

	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	"github.com/filiera-chain/filiera/module"
	"github.com/filiera-chain/filiera/x/registry"
)

func TestAnAuthorityRegistersASpecificationWithItsFirstVersion(t *testing.T) {
	l := newLedger(t)
	l.must(l.do(region, pastaSpecification()))
	spec, err := l.product.Specification(l.reader(), pastaSpec)
	l.must(err)
	if spec.GetLatestVersion() != 1 || spec.GetRegisteredBy() != region || spec.GetRegisteredAt() != start {
		t.Errorf("specification = %v", spec)
	}
	v, err := l.product.SpecificationVersion(l.reader(), pastaSpec, 1)
	l.must(err)
	if v.GetInForceFrom() != "2013-11-13" || len(v.GetRequirements()) != 2 || v.GetPublishedBy() != region {
		t.Errorf("version = %v", v)
	}
	if len(l.announced) != 2 {
		t.Errorf("announced %v", l.announced)
	}
}

func TestASpecificationIsRefusedWhen(t *testing.T) {
	type msg = *productv1.MsgRegisterSpecification
	l := newLedger(t)
	l.must(l.do(region, pastaSpecification()))
	fresh := func() msg { m := pastaSpecification(); m.Id = "other-spec"; return m }
	many := func(n int, write func(int) string) (list []string) {
		for i := range n {
			list = append(list, write(i))
		}
		return list
	}
	refuses(t, l, region, fresh, []refusal[msg]{
		{name: "its signer is no authority", signer: pastaMaker, want: registry.ErrNotAllowed},
		{name: "its signer is unknown", signer: "nobody", want: registry.ErrNoParticipant},
		{name: "its id is taken", change: func(m msg) { m.Id = pastaSpec }, want: ErrSpecTaken},
		{name: "its id has capitals", change: func(m msg) { m.Id = "Maccheroncini" }, want: ErrShape},
		{name: "its name is empty", change: func(m msg) { m.Name = "" }, want: ErrShape},
		{name: "its name is not UTF-8", change: func(m msg) { m.Name = "pasta \xff" }, want: ErrShape},
		{name: "its scheme is missing", change: func(m msg) { m.Scheme = 0 }, want: ErrShape},
		{name: "its scheme is none of the list, such as De.Co.", change: func(m msg) { m.Scheme = 7 }, want: ErrShape},
		{name: "its version is missing", change: func(m msg) { m.Version = nil }, want: ErrShape},
		{name: "its legal basis is missing", change: func(m msg) { m.Version.LegalBasis = "" }, want: ErrShape},
		{name: "its document hash is short", change: func(m msg) { m.Version.DocumentSha256 = []byte{1} }, want: ErrShape},
		{name: "its first day does not exist", change: func(m msg) { m.Version.InForceFrom = "2025-02-29" }, want: ErrDate},
		{name: "its first day is written the Italian way", change: func(m msg) { m.Version.InForceFrom = "13/11/2013" }, want: ErrDate},
		{name: "its first day is in another century", change: func(m msg) { m.Version.InForceFrom = "0202-01-01" }, want: ErrDate},
		{name: "it ends before it begins", change: func(m msg) { m.Version.InForceTo = "2013-11-12" }, want: ErrDate},
		{name: "a municipality has five digits", change: func(m msg) { m.Version.Municipalities = []string{"44003"} }, want: ErrShape},
		{name: "its municipalities descend", change: func(m msg) { m.Version.Municipalities = []string{fermo, campofilone} }, want: ErrShape},
		{name: "a municipality is there twice", change: func(m msg) { m.Version.Municipalities = []string{fermo, fermo} }, want: ErrShape},
		{name: "its zone is too long", change: func(m msg) {
			m.Version.Municipalities = many(1001, func(i int) string { return fmt.Sprintf("%06d", i) })
		}, want: ErrShape},
		{name: "a requirement is empty", change: func(m msg) { m.Version.Requirements[1] = nil }, want: ErrShape},
		{name: "a requirement lacks its English text", change: func(m msg) { m.Version.Requirements[1].TextEn = "" }, want: ErrShape},
		{name: "a requirement id has a space", change: func(m msg) { m.Version.Requirements[1].Id = "a b" }, want: ErrShape},
		{name: "two requirements share an id", change: func(m msg) { m.Version.Requirements[1].Id = "protein" }, want: ErrShape},
		{name: "it has more than a hundred requirements", change: func(m msg) {
			m.Version.Requirements = nil
			for i := range 101 {
				m.Version.Requirements = append(m.Version.Requirements, &productv1.Requirement{Id: fmt.Sprintf("r%d", i), Clause: "1", TextIt: "x", TextEn: "x"})
			}
		}, want: ErrShape},
	})
}

func TestARefusedSpecificationNamesWhoRegisteredItAndWhen(t *testing.T) {
	l := newLedger(t).withPasta()
	l.pass(3)
	got := module.AsError(l.do(region, pastaSpecification()))
	for _, want := range []string{pastaSpec, region, "2026-11-23"} {
		if !strings.Contains(got.Error(), want) {
			t.Errorf("%q does not name %s", got, want)
		}
	}
}
