import type { PlannedFile, Starter } from "../shapes.ts";

const http = (name: string): readonly PlannedFile[] => [
  // Below example.com, so that an agent named like a package of the standard library builds too.
  { path: "go.mod", text: `module example.com/${name}\n\ngo 1.22\n` },
  {
    path: "main.go",
    text: String.raw`// ${name}: answers POST /ask and GET /health, with nothing but the standard library.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

const maxBody = 1 << 20

type model struct {
	Provider string ${"`"}json:"provider"${"`"}
	Name     string ${"`"}json:"name"${"`"}
}

var agentModel = model{env("AAC_MODEL_PROVIDER", "none"), env("AAC_MODEL_NAME", "none")}

func env(name, otherwise string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return otherwise
}

// answer is the place to call your model. Until then it says which model it would be.
func answer(question string) string {
	return agentModel.Name + " of " + agentModel.Provider + " would answer: " + question
}

func reply(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(body); err != nil {
		slog.Warn("answer not sent", "error", err.Error())
	}
}

func health(w http.ResponseWriter, _ *http.Request) {
	reply(w, http.StatusOK, map[string]string{"status": "ok", "agent": "${name}"})
}

func about(w http.ResponseWriter, _ *http.Request) {
	reply(w, http.StatusOK, map[string]any{"agent": "${name}", "model": agentModel})
}

func ask(w http.ResponseWriter, r *http.Request) {
	var body struct {
		Question *string ${"`"}json:"question"${"`"}
	}
	err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody)).Decode(&body)
	if err != nil || body.Question == nil {
		reply(w, http.StatusBadRequest, map[string]string{"error": "send {\"question\": \"…\"} as JSON"})
		return
	}
	slog.Info("asked", "bytes", len(*body.Question))
	reply(w, http.StatusOK, map[string]any{"answer": answer(*body.Question), "model": agentModel})
}

func main() {
	// JSON lines on standard output: aac logs shows them.
	var level slog.Level
	if level.UnmarshalText([]byte(env("LOG_LEVEL", "info"))) != nil {
		level = slog.LevelInfo
	}
	slog.SetDefault(slog.New(slog.NewJSONHandler(os.Stdout, &slog.HandlerOptions{Level: level})))

	routes := http.NewServeMux()
	routes.HandleFunc("GET /health", health)
	routes.HandleFunc("GET /{$}", about)
	routes.HandleFunc("POST /ask", ask)
	port := env("PORT", "8080")
	server := &http.Server{Addr: ":" + port, Handler: routes, ReadHeaderTimeout: 10 * time.Second}

	stop, forget := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer forget()
	failed := make(chan error, 1)
	go func() { failed <- server.ListenAndServe() }()
	slog.Info("listening", "port", port, "model", agentModel.Name)

	select {
	case err := <-failed:
		if !errors.Is(err, http.ErrServerClosed) {
			slog.Error("cannot serve", "error", err.Error())
			os.Exit(1)
		}
	case <-stop.Done():
	}
	// What is still being answered gets half a second more.
	ctx, cancel := context.WithTimeout(context.Background(), 500*time.Millisecond)
	defer cancel()
	if server.Shutdown(ctx) != nil {
		_ = server.Close()
	}
	slog.Info("stopped")
}
`,
  },
];

export const go: Starter = { ignore: ["/app"], templates: { http } };
