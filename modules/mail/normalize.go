package mail

import "bytes"

// normalize gives data the line ends of SMTP: every CR LF, lone CR and lone LF
// becomes CR LF, and the last line is ended. Done before dots are stuffed, so
// that no sequence of bytes can pass for the end of the message.
func normalize(data []byte) []byte {
	if isNormal(data) {
		return data
	}
	out := make([]byte, 0, len(data)+len(data)/32+2)
	for i := 0; i < len(data); i++ {
		switch data[i] {
		case '\r':
			out = append(out, '\r', '\n')
			if i+1 < len(data) && data[i+1] == '\n' {
				i++
			}
		case '\n':
			out = append(out, '\r', '\n')
		default:
			out = append(out, data[i])
		}
	}
	if !bytes.HasSuffix(out, []byte(crlf)) {
		out = append(out, '\r', '\n')
	}
	return out
}

const crlf = "\r\n"

func isNormal(data []byte) bool {
	pairs := bytes.Count(data, []byte(crlf))
	return pairs == bytes.Count(data, []byte("\r")) && pairs == bytes.Count(data, []byte("\n")) && bytes.HasSuffix(data, []byte(crlf))
}
