// Command logserver is the program of the image bbachin1/adapter-node-server: it answers GET /logs
// on port 3080 with the lines of /var/log/file.log as JSON, cut at "#" into time and message.
//
// Two habits of the original are kept, because who uses it meets them: an answer repeats the lines
// of all answers before it, and while the file is missing there is no answer at all.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync"
)

const (
	address = ":3080"
	logFile = "/var/log/file.log"
	longest = 1 << 20 // bytes of one line
)

// Line is one line of the log; a line without "#" has no message.
type Line struct {
	Time    string  `json:"time"`
	Message *string `json:"message,omitempty"`
}

// Server remembers every line it ever answered with.
type Server struct {
	path  string
	mutex sync.Mutex
	lines []Line
}

func main() {
	fmt.Printf("Server listening on the port::%s\n", strings.TrimPrefix(address, ":"))
	if err := http.ListenAndServe(address, (&Server{path: logFile}).routes()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func (s *Server) routes() http.Handler {
	routes := http.NewServeMux()
	routes.HandleFunc("GET /logs", s.answer)
	return routes
}

func (s *Server) answer(response http.ResponseWriter, request *http.Request) {
	body, err := s.read()
	if err != nil {
		fmt.Println("Unhandled rejection Error:", err)
		<-request.Context().Done()
		return
	}
	fmt.Println("I'm done!!")
	response.Header().Set("Content-Type", "application/json; charset=utf-8")
	_, _ = response.Write(body)
}

// read adds the file's lines to those there were and gives them all as JSON.
func (s *Server) read() ([]byte, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	file, err := os.Open(s.path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	scanner := bufio.NewScanner(file)
	scanner.Buffer(nil, longest)
	for scanner.Scan() {
		fmt.Println(scanner.Text())
		s.lines = append(s.lines, cut(scanner.Text()))
	}
	if err := scanner.Err(); err != nil {
		return nil, err
	}
	return encode(s.lines)
}

func cut(line string) Line {
	parts := strings.Split(line, "#")
	if len(parts) == 1 {
		return Line{Time: line}
	}
	return Line{parts[0], &parts[1]}
}

// encode writes what JSON.stringify would: no blanks, no escapes for HTML.
func encode(lines []Line) ([]byte, error) {
	var body bytes.Buffer
	encoder := json.NewEncoder(&body)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(append([]Line{}, lines...))
	return bytes.TrimSuffix(body.Bytes(), []byte("\n")), err
}
