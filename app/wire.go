package app

import (
	"github.com/filiera-chain/filiera/module"
	"github.com/filiera-chain/filiera/x/agreement"
	"github.com/filiera-chain/filiera/x/cert"
	"github.com/filiera-chain/filiera/x/control"
	"github.com/filiera-chain/filiera/x/custody"
	"github.com/filiera-chain/filiera/x/ledger"
	"github.com/filiera-chain/filiera/x/lineage"
	"github.com/filiera-chain/filiera/x/matter"
	"github.com/filiera-chain/filiera/x/place"
	"github.com/filiera-chain/filiera/x/privacy"
	"github.com/filiera-chain/filiera/x/product"
	"github.com/filiera-chain/filiera/x/recall"
	"github.com/filiera-chain/filiera/x/registry"
	"github.com/filiera-chain/filiera/x/rules"
	"github.com/filiera-chain/filiera/x/trace"
	"github.com/filiera-chain/filiera/x/unit"
)

// Modules is the whole chain: every module, in rank order. A module is handed
// only modules of lower rank, so a circle cannot be written.
type Modules struct {
	Registry  *registry.Registry
	Place     *place.Place
	Product   *product.Product
	Ledger    *ledger.Ledger
	Lineage   *lineage.Lineage
	Control   *control.Control
	Cert      *cert.Cert
	Matter    *matter.Matter
	Trace     *trace.Trace
	Custody   *custody.Custody
	Privacy   *privacy.Privacy
	Unit      *unit.Unit
	Recall    *recall.Recall
	Rules     *rules.Rules
	Agreement *agreement.Agreements
}

func wire() Modules {
	r := registry.New()
	p := product.New(r)
	where := place.New(r)
	l := lineage.New(r)
	ct := control.New(r, p, l)
	c := cert.New(r, p, ct)
	m := matter.New(r, where, p, l, c)
	t := trace.New(r, p, m, l)
	u := unit.New(r, p, m, c, l)
	return Modules{
		Registry:  r,
		Place:     where,
		Product:   p,
		Ledger:    ledger.New(r),
		Lineage:   l,
		Control:   ct,
		Cert:      c,
		Matter:    m,
		Trace:     t,
		Custody:   custody.New(r, p, m, t),
		Privacy:   privacy.New(r, p, m, c, t),
		Unit:      u,
		Recall:    recall.New(r, p, m, c, l, u),
		Rules:     rules.New(r, p, c),
		Agreement: agreement.New(r, p, c, m),
	}
}

// list gives the modules in the order in which they end a block.
func (m Modules) list() []*module.Module {
	return []*module.Module{
		m.Registry.Module(), m.Place.Module(), m.Product.Module(), m.Ledger.Module(), m.Lineage.Module(), m.Control.Module(), m.Cert.Module(), m.Matter.Module(), m.Trace.Module(),
		m.Custody.Module(), m.Privacy.Module(), m.Unit.Module(), m.Recall.Module(),
		m.Rules.Module(), m.Agreement.Module(),
	}
}
