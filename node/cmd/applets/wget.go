package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

const wgetUsage = `wget [-cqS] [--spider] [-O FILE] [-o LOGFILE] [--header STR]
	[--post-data STR | --post-file FILE] [-Y on/off]
	[--no-check-certificate] [-P DIR] [-U AGENT] [-T SEC] URL...

Retrieve files via HTTP or FTP

	--spider	Only check URL existence: $? is 0 if exists
	--header STR	Add STR (of form 'header: value') to headers
	--post-data STR	Send STR using POST method
	--post-file FILE	Send FILE using POST method
	--no-check-certificate	Don't validate the server's certificate
	-c		Continue retrieval of aborted transfer
	-q		Quiet
	-P DIR		Save to DIR (default .)
	-S    		Show server response
	-T SEC		Network read timeout is SEC seconds
	-O FILE		Save to FILE ('-' for stdout)
	-o LOGFILE	Log messages to FILE
	-U STR		Use STR for User-Agent header
	-Y on/off	Use proxy`

var wgetSyntax = Syntax{letters: "cqSO:o:P:Y:U:T:t:n::", long: map[string]string{
	"continue": "c", "quiet": "q", "server-response": "S", "output-document": "O=",
	"output-file": "o=", "directory-prefix": "P=", "proxy": "Y=", "user-agent": "U=",
	"timeout": "T=", "tries": "t=", "header": "header=", "post-data": "post-data=",
	"post-file": "post-file=", "spider": "spider", "no-check-certificate": "unchecked",
	"passive-ftp": "n", "no-cache": "n", "no-verbose": "n", "no-clobber": "n",
	"no-host-directories": "n", "no-parent": "n",
}}

const (
	patience     = 900 // seconds without -T
	redirections = 16
)

var errTimedOut = errors.New("download timed out")

// Download is one run of wget: what was asked for, and where it is said and written.
type Download struct {
	options Options
	timeout time.Duration // of a connection and of each wait for an answer; 0: none
	body    []byte        // nil: GET
	output  io.Writer     // -O -
	log     io.Writer
	noted   bool // what is said about certificates has been said
}

func wget(args []string) error {
	options, err := wgetSyntax.parse(args)
	if err != nil {
		return err
	}
	if len(options.rest) == 0 || options.has("post-data") && options.has("post-file") {
		return Misuse("")
	}
	if strings.HasPrefix(options.rest[0], "ftp") {
		return becomeAs("/bin/busybox", append([]string{"wget"}, args...))
	}
	download, err := newDownload(options)
	if err != nil {
		return err
	}
	for _, url := range options.rest {
		if err := download.one(url); err != nil {
			return download.told(err)
		}
	}
	return nil
}

func newDownload(options Options) (*Download, error) {
	download := &Download{options: options, output: os.Stdout, log: os.Stderr}
	download.noted = options.has("unchecked")
	seconds, err := options.number("T", patience)
	if err != nil {
		return nil, err
	}
	download.timeout = time.Duration(seconds) * time.Second
	if options.has("post-data") {
		download.body = []byte(options.last("post-data", ""))
	}
	if name := options.last("post-file", ""); name != "" {
		if name == "-" {
			name = "/dev/stdin"
		}
		if download.body, err = os.ReadFile(name); err != nil {
			return nil, failed(err, "can't open '%s'", name)
		}
	}
	if name := options.last("o", "-"); name != "-" {
		if download.log, err = os.Create(name); err != nil {
			return nil, failed(err, "can't open '%s'", name)
		}
	}
	return download, nil
}

// told puts the last words where the others are.
func (d *Download) told(err error) error {
	fmt.Fprintln(d.log, "wget:", err)
	return Exit(1)
}

func (d *Download) say(format string, values ...any) {
	if !d.options.has("q") {
		fmt.Fprintf(d.log, format+"\n", values...)
	}
}

func (d *Download) one(text string) error {
	target, err := parseURL(text)
	if err != nil {
		return err
	}
	place := d.place(target)
	from := d.alreadyThere(place)
	response, err := d.ask(target, from)
	if err != nil {
		return err
	}
	defer response.Close()
	if d.options.has("spider") {
		d.say("remote file exists")
		return nil
	}
	return d.save(response, place)
}

// place is the file's name: that of -O, else the last part of the path.
func (d *Download) place(target URL) string {
	if d.options.has("O") {
		return d.options.last("O", "")
	}
	name := target.path[strings.LastIndex(target.path, "/")+1:]
	if name == "" {
		name = "index.html"
	}
	return filepath.Join(d.options.last("P", ""), name)
}

// alreadyThere is how much of the file there is, when -c asks to go on with it.
func (d *Download) alreadyThere(place string) int64 {
	information, err := os.Stat(place)
	if !d.options.has("c") || place == "-" || err != nil {
		return 0
	}
	return information.Size()
}

// ask follows redirections to the answer that has the file.
func (d *Download) ask(target URL, from int64) (*Response, error) {
	for range redirections {
		connection, server, err := d.connect(target)
		if err != nil {
			return nil, err
		}
		request := d.request(target, server != target, from)
		response, err := d.exchange(connection, request, from)
		if err != nil {
			connection.Close()
			return nil, err
		}
		if response.location == "" {
			return response, nil
		}
		response.Close()
		if target, err = target.follow(response.location); err != nil {
			return nil, err
		}
	}
	return nil, errors.New("too many redirections")
}

// connect opens a connection to where the address is asked for: its own server, or the proxy.
func (d *Download) connect(target URL) (net.Conn, URL, error) {
	server := target
	if proxy := os.Getenv("http_proxy"); proxy != "" && d.options.last("Y", "on") != "off" {
		var err error
		if server, err = parseURL(proxy); err != nil {
			return nil, server, err
		}
	}
	host, port := server.address()
	address, err := resolve(host)
	if err != nil {
		return nil, server, fmt.Errorf("bad address '%s'", server.host)
	}
	d.say("Connecting to %s (%s)", server.host, net.JoinHostPort(address, port))
	connection, err := net.DialTimeout("tcp", net.JoinHostPort(address, port), d.timeout)
	if err != nil {
		return nil, server, d.lost(err, "can't connect to remote host (%s)", address)
	}
	connection = &patient{connection, d.timeout}
	if server.secure {
		connection, err = d.secured(connection, host)
	}
	return connection, server, err
}

// lost tells a timeout from other failures.
func (d *Download) lost(err error, format string, values ...any) error {
	var timeout net.Error
	if errors.As(err, &timeout) && timeout.Timeout() {
		// The kernel gave up before us: said as the failure it is.
		if errors.Is(err, syscall.ETIMEDOUT) {
			return failed(syscall.ETIMEDOUT, format, values...)
		}
		return errTimedOut
	}
	return failed(err, format, values...)
}

// patient waits for so long at each read and write.
type patient struct {
	net.Conn
	timeout time.Duration
}

func (p *patient) Read(data []byte) (int, error) {
	p.extend()
	return p.Conn.Read(data)
}

func (p *patient) Write(data []byte) (int, error) {
	p.extend()
	return p.Conn.Write(data)
}

func (p *patient) extend() {
	if p.timeout > 0 {
		_ = p.SetDeadline(time.Now().Add(p.timeout))
	}
}

func (d *Download) save(response *Response, place string) error {
	output, err := d.open(response, place)
	if err != nil {
		return err
	}
	if place == "-" {
		d.say("writing to stdout")
	} else {
		d.say("saving to '%s'", place)
	}
	size, err := io.Copy(output, response)
	if file, isFile := output.(*os.File); isFile && place != "-" {
		err = errors.Join(err, file.Close())
	}
	if d.log == io.Writer(os.Stderr) {
		d.say("%s", progress(path.Base(place), size, response.share(size)))
	}
	if err != nil {
		if errors.Is(err, io.ErrUnexpectedEOF) {
			return errors.New("connection closed prematurely")
		}
		return d.lost(err, "read error")
	}
	if place == "-" {
		d.say("written to stdout")
	} else {
		d.say("'%s' saved", place)
	}
	return nil
}

// open makes a new file, unless it was named by -O or is gone on with.
func (d *Download) open(response *Response, place string) (io.Writer, error) {
	if place == "-" {
		return d.output, nil
	}
	flags := os.O_WRONLY | os.O_CREATE
	switch {
	case response.partial:
		flags |= os.O_APPEND
	case d.options.has("O") || d.options.has("c"):
		flags |= os.O_TRUNC
	default:
		flags |= os.O_EXCL
	}
	file, err := os.OpenFile(place, flags, 0o666)
	if err != nil {
		return nil, failed(err, "can't open '%s'", place)
	}
	return file, nil
}

// progress is the bar of busybox, as it looks at the end.
func progress(name string, size int64, percent int) string {
	const width = 32
	units := " kMGT"
	unit := 0
	for size >= 100000 && unit < len(units)-1 {
		size /= 1024
		unit++
	}
	human := strings.TrimSpace(fmt.Sprintf("%d%c", size, units[unit]))
	bar := strings.Repeat("*", width*percent/100)
	return fmt.Sprintf("%-20.20s %3d%% |%-*s|%6s  0:00:00 ETA", name, percent, width, bar, human)
}
