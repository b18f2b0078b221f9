package main

import (
	"strconv"
	"strings"
)

// Options is what was given on a command line, each option under its letter or long name.
type Options struct {
	given map[string][]string // "" for one that takes no value
	rest  []string
}

func (o Options) has(name string) bool     { return len(o.given[name]) > 0 }
func (o Options) count(name string) int    { return len(o.given[name]) }
func (o Options) all(name string) []string { return o.given[name] }

// last is the value that was given last, as that one counts.
func (o Options) last(name, otherwise string) string {
	if values := o.given[name]; len(values) > 0 {
		return values[len(values)-1]
	}
	return otherwise
}

func (o Options) number(name string, otherwise int) (int, error) {
	text := o.last(name, strconv.Itoa(otherwise))
	number, err := strconv.Atoi(text)
	if err != nil || number < 0 {
		return 0, failed(nil, "invalid number '%s'", text)
	}
	return number, nil
}

// Syntax is getopt's: letters, each followed by ":" when it takes a value and by "::" when one may
// be glued to it; a leading "+" ends the options at the first word that is none. Long names lead
// to the option that they stand for; "=" at its end: takes a value.
type Syntax struct {
	letters string
	long    map[string]string
}

func (s Syntax) parse(args []string) (Options, error) {
	parser := &parser{syntax: s, args: args, found: Options{given: map[string][]string{}}}
	letters, ordered := strings.CutPrefix(s.letters, "+")
	parser.syntax.letters = letters
	for len(parser.args) > 0 {
		word := parser.next()
		if word == "--" {
			break
		}
		if len(word) < 2 || word[0] != '-' {
			parser.found.rest = append(parser.found.rest, word)
			if ordered {
				break
			}
			continue
		}
		if err := parser.option(word); err != nil {
			return Options{}, err
		}
	}
	parser.found.rest = append(parser.found.rest, parser.args...)
	return parser.found, nil
}

type parser struct {
	syntax Syntax
	args   []string
	found  Options
}

func (p *parser) next() string {
	word := p.args[0]
	p.args = p.args[1:]
	return word
}

func (p *parser) add(name, value string) {
	p.found.given[name] = append(p.found.given[name], value)
}

func (p *parser) option(word string) error {
	if strings.HasPrefix(word, "--") {
		return p.longOption(word[2:])
	}
	for at := 1; at < len(word); at++ {
		letter, rest := word[at:at+1], word[at+1:]
		place := strings.Index(p.syntax.letters, letter)
		if place < 0 || letter == ":" {
			return Misuse("invalid option -- '" + letter + "'")
		}
		switch after := p.syntax.letters[place+1:]; {
		case strings.HasPrefix(after, "::"):
			p.add(letter, rest)
			return nil
		case strings.HasPrefix(after, ":"):
			return p.valued(letter, rest)
		}
		p.add(letter, "")
	}
	return nil
}

func (p *parser) valued(letter, value string) error {
	if value == "" {
		if len(p.args) == 0 {
			return Misuse("option requires an argument -- '" + letter + "'")
		}
		value = p.next()
	}
	p.add(letter, value)
	return nil
}

func (p *parser) longOption(word string) error {
	name, value, attached := strings.Cut(word, "=")
	target, known := p.syntax.long[name]
	if !known {
		target, known = p.abbreviated(name)
	}
	if !known {
		return Misuse("unrecognized option '--" + name + "'")
	}
	target, takesValue := strings.CutSuffix(target, "=")
	switch {
	case takesValue && !attached && len(p.args) == 0:
		return Misuse("option '--" + name + "' requires an argument")
	case takesValue && !attached:
		value = p.next()
	case !takesValue && attached:
		return Misuse("option '--" + name + "' doesn't allow an argument")
	}
	p.add(target, value)
	return nil
}

// abbreviated finds the one long name that starts so.
func (p *parser) abbreviated(start string) (string, bool) {
	found := ""
	for name, target := range p.syntax.long {
		if strings.HasPrefix(name, start) {
			if found != "" {
				return "", false
			}
			found = target
		}
	}
	return found, found != ""
}
