package mail

import (
	netmail "net/mail"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"

	"github.com/gscript-lang/gscript/engine"
)

// Address is one mailbox.
type Address struct {
	Name    string `lua:"name" doc:"display name, decoded; empty when there is none"`
	Address string `lua:"address" doc:"address itself, such as \"a@x.org\"; empty when the header holds none"`
}

// Limits that keep a header line under 998 bytes; RFC 5321 has them lower.
const (
	maxAddress = 320
	maxName    = 255
)

// parseAddress reads an address that a script wrote: exactly one mailbox.
func parseAddress(s string) (Address, error) {
	if err := engine.CheckWire(s); err != nil {
		return Address{}, engine.Invalid("the address %v", err)
	}
	if !utf8.ValidString(s) {
		return Address{}, engine.Invalid("the address %q is not UTF-8", s)
	}
	a, err := netmail.ParseAddress(s)
	if err != nil || strings.HasSuffix(strings.TrimSpace(s), ";") { // a group
		e := engine.Invalid("%q is not one mail address", s)
		return Address{}, e.WithHint(`write "a@x.org" or "Name <a@x.org>"; several addresses are a list`)
	}
	local, domain := splitAddress(a.Address)
	ascii, err := idna.Lookup.ToASCII(domain)
	switch {
	case strings.HasPrefix(domain, "[") || isASCII(domain):
		ascii = domain
	case err != nil:
		return Address{}, engine.Invalid("%q is not a mail address: its domain is no host name", s)
	}
	a.Address = local + "@" + ascii
	if len(a.Address) > maxAddress || len(a.Name) > maxName {
		return Address{}, engine.Invalid("the address %.40q… is too long: at most %d bytes for the address and %d for the name", s, maxAddress, maxName)
	}
	if strings.ContainsFunc(a.Address+a.Name, unicode.IsControl) {
		return Address{}, engine.Invalid("the address %q has a control character", s)
	}
	return Address{Name: strings.Join(strings.Fields(a.Name), " "), Address: a.Address}, nil
}

func parseAddresses(list []string) ([]Address, error) {
	var out []Address
	for _, s := range list {
		a, err := parseAddress(s)
		if err != nil {
			return nil, err
		}
		out = append(out, a)
	}
	return out, nil
}

func splitAddress(a string) (local, domain string) {
	at := strings.LastIndexByte(a, '@')
	if at < 0 {
		return a, ""
	}
	return a[:at], a[at+1:]
}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r >= utf8.RuneSelf })
}

// wirePath is the address as MAIL and RCPT take it: a local part with unusual
// characters is quoted, or it could end the path and add parameters.
func wirePath(a string) string {
	quoted := (&netmail.Address{Address: a}).String()
	return strings.TrimSuffix(strings.TrimPrefix(quoted, "<"), ">")
}

func (a Address) net() *netmail.Address {
	return &netmail.Address{Name: a.Name, Address: a.Address}
}

func netAddresses(list []Address) []*netmail.Address {
	out := make([]*netmail.Address, len(list))
	for i, a := range list {
		out[i] = a.net()
	}
	return out
}

// readAddresses reads an address header of a received message as well as it
// can: what net/mail refuses is taken apart entry by entry.
func (p *parser) readAddresses(name string) []Address {
	value := p.msg.header(name)
	if strings.TrimSpace(value) == "" {
		return nil
	}
	reader := netmail.AddressParser{WordDecoder: wordDecoder()}
	if list, err := reader.ParseList(value); err == nil {
		out := make([]Address, len(list))
		for i, a := range list {
			out[i] = Address{Name: clean(a.Name), Address: clean(a.Address)}
		}
		return out
	}
	p.defect("the header %s holds no valid address list", name)
	var out []Address
	for _, entry := range splitOutside(value, ',') {
		entry = strings.TrimSpace(entry)
		if entry == "" {
			continue
		}
		if a, err := reader.Parse(entry); err == nil {
			out = append(out, Address{Name: clean(a.Name), Address: clean(a.Address)})
			continue
		}
		out = append(out, p.looseAddress(entry))
	}
	return out
}

// looseAddress takes what stands in the last angle brackets, or the only word,
// if it looks like an address; the rest is the name.
func (p *parser) looseAddress(entry string) Address {
	name, address := entry, ""
	if open := strings.LastIndexByte(entry, '<'); open >= 0 {
		if inside, _, ok := strings.Cut(entry[open+1:], ">"); ok {
			name, address = entry[:open], strings.TrimSpace(inside)
		}
	} else if !strings.ContainsAny(entry, " \t") {
		name, address = "", entry
	}
	if strings.Count(address, "@") != 1 || strings.ContainsAny(address, " \t,;<>\"") {
		name, address = entry, ""
	}
	return Address{Name: strings.Trim(p.decodeWords(name), `" `), Address: clean(address)}
}

// splitOutside splits at sep where it is not inside quotes.
func splitOutside(s string, sep byte) []string {
	var (
		out    []string
		start  int
		quoted bool
	)
	for i := 0; i < len(s); i++ {
		switch {
		case quoted && s[i] == '\\':
			i++
		case s[i] == '"':
			quoted = !quoted
		case s[i] == sep && !quoted:
			out = append(out, s[start:i])
			start = i + 1
		}
	}
	return append(out, s[start:])
}
