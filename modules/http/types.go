package http

import (
	"path"
	"strings"
)

// typeByName is the media type of a file by its name. The table is our own so
// that a script does the same on every machine.
func typeByName(name string) string {
	if t := mediaTypes[strings.ToLower(path.Ext(strings.ReplaceAll(name, `\`, "/")))]; t != "" {
		return t
	}
	return "application/octet-stream"
}

var mediaTypes = map[string]string{
	".avif":  "image/avif",
	".bmp":   "image/bmp",
	".css":   "text/css; charset=utf-8",
	".csv":   "text/csv; charset=utf-8",
	".gif":   "image/gif",
	".gz":    "application/gzip",
	".htm":   "text/html; charset=utf-8",
	".html":  "text/html; charset=utf-8",
	".ico":   "image/x-icon",
	".jpeg":  "image/jpeg",
	".jpg":   "image/jpeg",
	".js":    "text/javascript; charset=utf-8",
	".json":  "application/json",
	".log":   "text/plain; charset=utf-8",
	".lua":   "text/plain; charset=utf-8",
	".md":    "text/markdown; charset=utf-8",
	".mjs":   "text/javascript; charset=utf-8",
	".mp3":   "audio/mpeg",
	".mp4":   "video/mp4",
	".ogg":   "audio/ogg",
	".pdf":   "application/pdf",
	".png":   "image/png",
	".svg":   "image/svg+xml",
	".tar":   "application/x-tar",
	".tgz":   "application/gzip",
	".toml":  "application/toml",
	".txt":   "text/plain; charset=utf-8",
	".wasm":  "application/wasm",
	".wav":   "audio/wav",
	".webm":  "video/webm",
	".webp":  "image/webp",
	".woff":  "font/woff",
	".woff2": "font/woff2",
	".xml":   "application/xml",
	".yaml":  "application/yaml",
	".yml":   "application/yaml",
	".zip":   "application/zip",
}
