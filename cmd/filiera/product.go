package main

import (
	"net/url"
	"strings"

	"github.com/spf13/cobra"
	"sigs.k8s.io/yaml"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	"github.com/filiera-chain/filiera/client"
	"github.com/filiera-chain/filiera/gs1"
	"github.com/filiera-chain/filiera/quantity"
)

func productCommand(e *env) *cobra.Command {
	return e.group("product", "product.short", productList(e), productShow(e), productRegister(e), productComplete(e), productDescribe(e), productWithdrawLink(e), productLinks(e))
}

func productRegister(e *env) *cobra.Command {
	cmd := e.leaf("register [GTIN]", "product.register.short", `
filiera product register 8012345678907 --name 'Maccheroncini di Campofilone IGP 250 g' --spec maccheroncini-di-campofilone-igp --unit GRM --net-content '250 g' --from pastificio --password-file password.txt
filiera product register --file product.yaml --from pastificio --password-file password.txt`, cobra.MaximumNArgs(1),
		func(cmd *cobra.Command, args []string) error {
			msg, err := e.newProduct(cmd, args)
			if err != nil {
				return err
			}
			if msg.Gtin, err = gs1.ParseGTIN(msg.GetGtin()); err != nil {
				return usageError{err}
			}
			if _, ok := quantity.LookupUnit(msg.GetBaseUnit()); !ok {
				return usage("%s", e.t("bad.unit", msg.GetBaseUnit()))
			}
			return e.carry(cmd.Context(), msg)
		})
	f := cmd.Flags()
	f.String("file", "", e.t("flag.product-file"))
	f.String("name", "", e.t("flag.product-name"))
	f.String("spec", "", e.t("flag.spec"))
	f.String("unit", "GRM", e.t("flag.unit"))
	f.String("net-content", "", e.t("flag.net-content"))
	e.matterFlags(cmd)
	return e.changing(cmd)
}

// matterFlags are what balances rest on.
func (e *env) matterFlags(cmd *cobra.Command) {
	cmd.Flags().String("stage", "", e.t("flag.stage"))
	cmd.Flags().Int64("density", 0, e.t("flag.density"))
}

// productComplete states once what a product was registered without.
func productComplete(e *env) *cobra.Command {
	cmd := e.leaf("complete GTIN", "product.complete.short", "filiera product complete 8012345678907 --stage pasta"+signs, cobra.ExactArgs(1),
		func(cmd *cobra.Command, args []string) error {
			gtin, err := gs1.ParseGTIN(args[0])
			if err != nil {
				return usageError{err}
			}
			msg := &productv1.MsgCompleteProduct{Gtin: gtin}
			msg.Stage, _ = cmd.Flags().GetString("stage")
			msg.Density, _ = cmd.Flags().GetInt64("density")
			if net, _ := cmd.Flags().GetString("net-content"); net != "" {
				if msg.NetContent, err = writtenQuantity(net, ""); err != nil {
					return err
				}
			}
			return e.carry(cmd.Context(), msg)
		})
	cmd.Flags().String("net-content", "", e.t("flag.net-content"))
	e.matterFlags(cmd)
	return e.changing(cmd)
}

// newProduct reads the product from --file or from arguments and flags.
func (e *env) newProduct(cmd *cobra.Command, args []string) (*productv1.MsgRegisterProduct, error) {
	f := cmd.Flags()
	file, _ := f.GetString("file")
	if (file == "") == (len(args) == 0) {
		return nil, usage("%s", e.t("gtin.or.file"))
	}
	if file != "" {
		return e.readProduct(file)
	}
	msg := &productv1.MsgRegisterProduct{Gtin: args[0]}
	msg.Name, _ = f.GetString("name")
	msg.Specification, _ = f.GetString("spec")
	msg.BaseUnit, _ = f.GetString("unit")
	msg.Stage, _ = f.GetString("stage")
	msg.Density, _ = f.GetInt64("density")
	net, _ := f.GetString("net-content")
	if net == "" {
		return msg, nil
	}
	var err error
	msg.NetContent, err = writtenQuantity(net, "")
	return msg, err
}

// readProduct reads a product's file, YAML or JSON. Its owner is whoever signs;
// the field is for readers of the file.
func (e *env) readProduct(path string) (*productv1.MsgRegisterProduct, error) {
	data, err := e.readInput(path, maxSpecFile)
	if err != nil {
		return nil, err
	}
	var p struct {
		GTIN          string           `json:"gtin"`
		Name          string           `json:"name"`
		Specification string           `json:"specification"`
		Owner         string           `json:"owner"`
		BaseUnit      string           `json:"base_unit"`
		NetContent    *client.Quantity `json:"net_content"`
		Stage         string           `json:"stage"`
		Density       int64            `json:"density"`
	}
	if err := yaml.UnmarshalStrict(data, &p); err != nil {
		return nil, usage("%s: %v", path, err)
	}
	msg := &productv1.MsgRegisterProduct{Gtin: p.GTIN, Name: p.Name, Specification: p.Specification, BaseUnit: p.BaseUnit, Stage: p.Stage, Density: p.Density}
	if q := p.NetContent; q != nil {
		msg.NetContent = &basev1.Quantity{Amount: int64(q.Amount), Unit: q.Unit}
	}
	return msg, nil
}

// writtenQuantity reads "250 g" or "12,5 KGM" as a whole number of base, or of
// the unit as written when base is empty.
func writtenQuantity(s, base string) (*basev1.Quantity, error) {
	i := strings.LastIndexByte(strings.TrimSpace(s), ' ')
	if i < 1 {
		return nil, usage("the quantity is %q; write number and unit, as '250 g' or '12.5 KGM'", s)
	}
	number, word := strings.TrimSpace(s)[:i], strings.TrimSpace(s)[i+1:]
	unit, err := quantity.ParseUnit(word)
	if err != nil {
		return nil, usageError{err}
	}
	decimal, err := quantity.ParseDecimal(number, quantity.AnySpelling)
	if err != nil {
		return nil, usageError{err}
	}
	if base == "" {
		base = unit
	}
	q, err := quantity.Parse(decimal, unit, base)
	if err != nil {
		return nil, usageError{err}
	}
	return &basev1.Quantity{Amount: q.Amount, Unit: q.Unit}, nil
}

func productList(e *env) *cobra.Command {
	return listCommand(e, listing[client.Product]{
		path: "/v1/products", key: "product.list.short", example: "filiera product list --owner pastificio-example",
		filters: []string{"owner", "specification"},
		head:    []string{"GTIN", strings.ToUpper(e.t("name")), strings.ToUpper(e.t("specification")), strings.ToUpper(e.t("unit")), strings.ToUpper(e.t("owner"))},
		row: func(p *client.Product) []any {
			return []any{p.GTIN, p.Name, p.Specification, p.BaseUnit, p.Owner}
		},
	})
}

func productShow(e *env) *cobra.Command {
	path := func(args []string) (string, error) {
		gtin, err := gs1.ParseGTIN(args[0])
		if err != nil {
			return "", usageError{err}
		}
		return "/v1/products/" + url.PathEscape(gtin), nil
	}
	return showCommand(e, "show GTIN", "product.show.short", "filiera product show 8012345678907", 1, path,
		func(t *table, p *client.Product) {
			t.line("GTIN", p.GTIN)
			t.line(e.t("name"), p.Name)
			t.line(e.t("specification"), p.Specification)
			t.line(e.t("owner"), p.Owner)
			t.line(e.t("unit"), p.BaseUnit)
			if p.NetContent != nil {
				t.line(e.t("net.content"), e.amount(*p.NetContent))
			}
			t.line(e.t("registered"), p.RegisteredAt)
		})
}

// amount writes a quantity for people.
func (e *env) amount(q client.Quantity) string {
	if q.Unit == "" {
		return ""
	}
	return quantity.Quantity{Amount: int64(q.Amount), Unit: q.Unit}.Display(e.lang)
}
