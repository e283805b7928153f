// SPDX-License-Identifier: Apache-2.0
package storage.dory.plugin;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/** A file that says where a plugin is: {@code .spec} with a URL, {@code .json} with TLS besides. */
final class AddressFile {
  private static final long LARGEST = 64 << 10;
  private static final ObjectMapper JSON = new ObjectMapper();

  private AddressFile() {}

  static boolean isOne(Path path) {
    return path.toString().endsWith(".spec") || path.toString().endsWith(".json");
  }

  /**
   * The plugin the file leads to now.
   *
   * @throws IOException when it leads to none, in words
   */
  static VolumePlugin open(Path file) throws IOException {
    if (Files.size(file) > LARGEST) {
      throw new IOException("larger than " + LARGEST + " bytes");
    }
    String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    return file.toString().endsWith(".spec")
        ? plugin(text.strip(), Optional.empty())
        : described(text);
  }

  private static VolumePlugin described(String text) throws IOException {
    JsonNode node;
    try {
      node = JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IOException("not JSON: " + JsonFault.of(e), e);
    }
    JsonNode tls = node.path("TLSConfig");
    return plugin(
        node.path("Addr").asText().strip(),
        tls.isObject()
            ? Optional.of(
                new TlsFiles(
                    file(tls, "CAFile"),
                    file(tls, "CertFile"),
                    file(tls, "KeyFile"),
                    tls.path("InsecureSkipVerify").asBoolean()))
            : Optional.empty());
  }

  private static Optional<Path> file(JsonNode tls, String key) {
    return Optional.of(tls.path(key).asText()).filter(each -> !each.isEmpty()).map(Path::of);
  }

  private static VolumePlugin plugin(String address, Optional<TlsFiles> tls) throws IOException {
    URI uri;
    try {
      uri = new URI(address);
    } catch (URISyntaxException e) {
      throw new IOException("not a URL: " + e.getMessage(), e);
    }
    return switch (String.valueOf(uri.getScheme())) {
      case "unix" -> overSocket(String.valueOf(uri.getPath()));
      case "tcp", "http" ->
          tls.isPresent()
              ? new TcpPlugin(authority(uri), Optional.of(tls.get().read()))
              : new TcpPlugin(authority(uri), Optional.empty());
      case "https" ->
          new TcpPlugin(
              authority(uri),
              Optional.of(
                  tls.orElseThrow(() ->
                          new IOException(
                              "https needs a .json file whose TLSConfig names a CAFile"))
                      .read()));
      default -> throw new IOException("neither unix:// nor tcp:// nor http(s)://: " + address);
    };
  }

  private static VolumePlugin overSocket(String path) throws IOException {
    try {
      Path socket = Path.of(path).normalize();
      if (!socket.isAbsolute()) {
        throw new IOException("unix:// without an absolute path");
      }
      return new UnixSocketPlugin(socket);
    } catch (InvalidPathException e) {
      throw new IOException("unix:// without a path", e);
    }
  }

  private static String authority(URI uri) throws IOException {
    if (uri.getHost() == null) {
      throw new IOException("no host: " + uri);
    }
    return uri.getPort() < 0 ? uri.getHost() : uri.getHost() + ":" + uri.getPort();
  }
}
