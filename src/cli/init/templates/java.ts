import type { PlannedFile, Starter } from "../shapes.ts";

const pom = (name: string): string => `<?xml version="1.0" encoding="UTF-8"?>
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>com.example</groupId>
  <artifactId>${name}</artifactId>
  <version>0.1.0</version>
  <packaging>jar</packaging>

  <properties>
    <maven.compiler.release>17</maven.compiler.release>
    <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
  </properties>

  <build>
    <!-- mvn package makes target/app.jar -->
    <finalName>app</finalName>
    <plugins>
      <plugin>
        <groupId>org.apache.maven.plugins</groupId>
        <artifactId>maven-compiler-plugin</artifactId>
        <version>3.13.0</version>
      </plugin>
      <plugin>
        <groupId>org.apache.maven.plugins</groupId>
        <artifactId>maven-jar-plugin</artifactId>
        <version>3.4.2</version>
        <configuration>
          <archive>
            <manifest>
              <mainClass>App</mainClass>
            </manifest>
          </archive>
        </configuration>
      </plugin>
    </plugins>
  </build>
</project>
`;

const http = (name: string): readonly PlannedFile[] => [
  { path: "pom.xml", text: pom(name) },
  {
    path: "src/main/java/App.java",
    text: String.raw`import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Executors;

/** ${name}: answers POST /ask (the question as plain text) and GET /health, with nothing but the JDK. */
public final class App {
  private static final int MAX_BODY = 1024 * 1024;
  private static final List<String> LEVELS = List.of("trace", "debug", "info", "warn", "error", "fatal");
  private static final String LOG_LEVEL = variable("LOG_LEVEL", "info");
  private static final String PROVIDER = variable("AAC_MODEL_PROVIDER", "none");
  private static final String MODEL = variable("AAC_MODEL_NAME", "none");

  private App() {}

  private static String variable(String name, String otherwise) {
    return System.getenv().getOrDefault(name, otherwise);
  }

  /** Call your model here. Until then the answer says which model it would be. */
  private static String answer(String question) {
    return MODEL + " of " + PROVIDER + " would answer: " + question;
  }

  private static String quote(String text) {
    StringBuilder out = new StringBuilder("\"");
    for (char c : text.toCharArray()) {
      if (c == '"' || c == '\\') out.append('\\').append(c);
      else if (c < 0x20) out.append(String.format("\\u%04x", (int) c));
      else out.append(c);
    }
    return out.append('"').toString();
  }

  /** One JSON line on standard output: aac logs shows it. */
  private static void log(String level, String message) {
    if (LEVELS.indexOf(level) < LEVELS.indexOf(LOG_LEVEL)) return;
    String time = quote(Instant.now().toString());
    System.out.println("{\"time\":" + time + ",\"level\":" + quote(level) + ",\"message\":" + quote(message) + "}");
  }

  private static void reply(HttpExchange exchange, int status, String json) throws IOException {
    byte[] data = json.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, data.length);
    exchange.getResponseBody().write(data);
  }

  private static void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String route = exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath();
      String model = "{\"provider\":" + quote(PROVIDER) + ",\"name\":" + quote(MODEL) + "}";
      log("debug", route);
      switch (route) {
        case "GET /health" -> reply(exchange, 200, "{\"status\":\"ok\",\"agent\":\"${name}\"}");
        case "GET /" -> reply(exchange, 200, "{\"agent\":\"${name}\",\"model\":" + model + "}");
        case "POST /ask" -> {
          byte[] body = exchange.getRequestBody().readNBytes(MAX_BODY);
          String answer = quote(answer(new String(body, StandardCharsets.UTF_8)));
          reply(exchange, 200, "{\"answer\":" + answer + ",\"model\":" + model + "}");
        }
        default -> reply(exchange, 404, "{\"error\":\"not found\"}");
      }
    }
  }

  public static void main(String[] args) throws IOException {
    int port = Integer.parseInt(variable("PORT", "8080"));
    HttpServer server = HttpServer.create(new InetSocketAddress(port), 0);
    server.setExecutor(Executors.newCachedThreadPool());
    server.createContext("/", App::handle);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> {
      server.stop(0);
      log("info", "stopped");
      // Without this the exit code would be 143, as of a program that did not heed the signal.
      Runtime.getRuntime().halt(0);
    }));
    server.start();
    log("info", "listening on port " + port);
  }
}
`,
  },
];

export const java: Starter = { ignore: ["/target/", "/app.jar"], templates: { http } };
