package gs1

import (
	"fmt"
	"strings"
)

// coupon reads the digits of a North American coupon from the left; the first
// fault stays. Source: GS1 General Specifications, section 3.9 (AI 8110 and
// 8112), after the North American Coupon Application Guideline.
type coupon struct {
	whole, rest string
	fault       string
}

// digits takes n digits.
func (c *coupon) digits(what string, n int) string {
	if c.fault != "" {
		return ""
	}
	if len(c.rest) < n {
		c.fault = fmt.Sprintf("%s ends before the %s, which has %d digits", quote(c.whole), what, n)
		return ""
	}
	taken := c.rest[:n]
	c.rest = c.rest[n:]
	return taken
}

// oneOf takes a digit that must be among allowed.
func (c *coupon) oneOf(what, allowed string) byte {
	d := c.digits(what, 1)
	if d != "" && !strings.Contains(allowed, d) {
		c.fault = fmt.Sprintf("%s has %s as its %s, which is one of %s", quote(c.whole), d, what, allowed)
	}
	if c.fault != "" {
		return 0
	}
	return d[0]
}

// sized takes a length digit among allowed, then base more digits than it says.
func (c *coupon) sized(what, allowed string, base int) {
	if n := c.oneOf("length of the "+what, allowed); n != 0 {
		c.digits(what, int(n-'0')+base)
	}
}

// prefix takes a company prefix; 9 as its length means none where optional.
func (c *coupon) prefix(what string, optional bool) {
	if optional && strings.HasPrefix(c.rest, "9") && c.fault == "" {
		c.rest = c.rest[1:]
		return
	}
	c.sized(what, "0123456", 6)
}

func (c *coupon) purchase(which string) {
	c.sized(which+" purchase requirement", "12345", 0)
	c.oneOf(which+" purchase requirement code", "012349")
	c.digits(which+" purchase family code", 3)
}

// field says whether the optional field of that number comes next.
func (c *coupon) field(number string) bool {
	rest, ok := strings.CutPrefix(c.rest, number)
	if ok && c.fault == "" {
		c.rest = rest
		return true
	}
	return false
}

func (c *coupon) date(what string) string {
	d := c.digits(what, 6)
	if d != "" {
		c.fault = checkDate(d, 6, false)
	}
	return d
}

func (c *coupon) end() string {
	if c.fault == "" && c.rest != "" {
		c.fault = fmt.Sprintf("%s has %s after its end", quote(c.whole), quote(c.rest))
	}
	return c.fault
}

// checkCoupon checks AI 8110.
func checkCoupon(s string) string {
	if bad := nonDigit(s); bad >= 0 {
		return charReason(bad, s, "digits")
	}
	c := &coupon{whole: s, rest: s}
	c.prefix("company prefix", false)
	c.digits("offer code", 6)
	c.sized("save value", "12345", 0)
	c.purchase("first")
	if c.field("1") {
		c.oneOf("additional purchase rules code", "0123")
		c.purchase("second")
		c.prefix("second company prefix", true)
	}
	if c.field("2") {
		c.purchase("third")
		c.prefix("third company prefix", true)
	}
	expires := ""
	if c.field("3") {
		expires = c.date("expiration date")
	}
	if c.field("4") {
		// Both years lie in one window, so that of the later century is the greater.
		if starts := c.date("start date"); c.fault == "" && expires != "" && couponYear(expires)+expires[2:] < couponYear(starts)+starts[2:] {
			c.fault = quote(s) + " expires before it starts"
		}
	}
	if c.field("5") {
		c.sized("serial number", digits, 6)
	}
	if c.field("6") {
		c.sized("retailer", "1234567", 6)
	}
	if c.field("9") {
		c.oneOf("save value code", "01256")
		c.oneOf("item that the save value applies to", "012")
		c.digits("store coupon flag", 1)
		c.oneOf("flag against multiplying", "01")
	}
	return c.end()
}

// couponYear writes the year of YYMMDD: below 51 it is of this century.
func couponYear(yymmdd string) string {
	if yymmdd[:2] < "51" {
		return "20" + yymmdd[:2]
	}
	return "19" + yymmdd[:2]
}

// checkPositiveOffer checks AI 8112.
func checkPositiveOffer(s string) string {
	if bad := nonDigit(s); bad >= 0 {
		return charReason(bad, s, "digits")
	}
	c := &coupon{whole: s, rest: s}
	c.oneOf("format", "01")
	c.sized("funder", "0123456", 6)
	c.digits("offer code", 6)
	c.sized("serial number", digits, 6)
	return c.end()
}
