package gateway

import (
	"net/url"
	"strings"
	"time"

	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/filiera-chain/filiera/gs1"
	"github.com/filiera-chain/filiera/index"
)

// Paging is the part of a list that is asked for.
type Paging struct {
	Limit     int    `query:"limit" minimum:"1" maximum:"500" default:"50" doc:"The most items to answer"`
	PageToken string `query:"page_token" maxLength:"1024" doc:"next_page_token of the part before"`
}

func (p Paging) page() index.Page { return index.Page{Limit: p.Limit, Token: p.PageToken} }

// List is a part of a list.
type List[T any] struct {
	Items         []T    `json:"items"`
	NextPageToken string `json:"next_page_token" doc:"Asks for what follows; empty at the end"`
}

// BatchPath names a batch in a path.
type BatchPath struct {
	GTIN string `path:"gtin" doc:"GTIN of 8, 12, 13 or 14 digits" example:"08031234500013"`
	Lot  string `path:"lot" doc:"Batch or lot number, GS1 AI (10); percent-encode what a path does not take" example:"L261123"`
}

// gtin gives the canonical 14 digits.
func gtin(s string) (string, error) {
	g, err := gs1.ParseGTIN(s)
	if err != nil {
		return "", badRequest("gtin", "the GTIN is %q: %v", clip(s), err)
	}
	return g, nil
}

// optionalGTIN is gtin for a filter.
func optionalGTIN(s string) (string, error) {
	if s == "" {
		return "", nil
	}
	return gtin(s)
}

// lots gives the lots that a typed one may mean, the likeliest first.
func lots(s string) ([]string, error) {
	list := gs1.LotCandidates(s)
	if len(list) == 0 {
		_, err := gs1.ParseLot(s)
		return nil, badRequest("lot", "the lot is %q: %v", clip(s), err)
	}
	return list, nil
}

func serial(s string) error {
	if _, err := gs1.ParseSerial(s); err != nil {
		return badRequest("serial", "the serial number is %q: %v", clip(s), err)
	}
	return nil
}

// filterWord reads a word of a record's list in a filter.
func filterWord[E ~int32](field, s string, d protoreflect.EnumDescriptor) (E, error) {
	n, ok := number(d, s)
	if !ok {
		var all []string
		for _, w := range words(d) {
			all = append(all, w.(string))
		}
		return 0, badRequest(field, "%s is %q; write one of %s", field, clip(s), strings.Join(all, ", "))
	}
	return E(n), nil
}

// filterDay reads a day in a filter.
func filterDay(field, s string) (string, error) {
	if s == "" {
		return "", nil
	}
	if t, err := time.Parse(time.DateOnly, s); err != nil || t.Format(time.DateOnly) != s {
		return "", badRequest(field, "%s is %q; write a day as YYYY-MM-DD", field, clip(s))
	}
	return s, nil
}

func parseQuery(raw string) (url.Values, error) { return url.ParseQuery(raw) }
