package gs1

import (
	"strings"
	"testing"
)

func TestTheLinkTypesAreRead(t *testing.T) {
	if linkTypesErr != nil {
		t.Fatal(linkTypesErr)
	}
	list := LinkTypes()
	if len(list) != 60 {
		t.Fatalf("%d link types", len(list))
	}
	for i, lt := range list {
		if i > 0 && list[i-1].CURIE >= lt.CURIE || lt.Label == "" || lt.Comment == "" {
			t.Errorf("link type %d is %+v", i, lt)
		}
		for _, spelling := range []string{lt.CURIE, lt.URI, strings.Replace(lt.URI, "ref.gs1.org", "gs1.org", 1), strings.Replace(lt.URI, "https", "http", 1)} {
			if found, ok := LookupLinkType(spelling); !ok || found != lt {
				t.Errorf("%s is %+v, %v", spelling, found, ok)
			}
		}
	}
	for _, s := range []string{"", "pip", "gs1:", "gs1:Pip", "schema:pip", "https://ref.gs1.org/voc/"} {
		if lt, ok := LookupLinkType(s); ok {
			t.Errorf("%q is %+v", s, lt)
		}
	}
	for _, bad := range []string{"", "[{}]", `[{"curie":"x:pip"}]`, `[{"curie":"gs1:pip","uri":"https://example.org/pip"}]`} {
		if _, err := readLinkTypes(bad); err == nil {
			t.Errorf("%q was read", bad)
		}
	}
}
