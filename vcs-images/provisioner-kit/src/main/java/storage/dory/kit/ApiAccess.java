// SPDX-License-Identifier: Apache-2.0
package storage.dory.kit;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import storage.dory.kit.kube.ApiAddress;

/** Finds out how to call the API: URL, token, authority; or all that is missing for it. */
sealed interface ApiAccess {
  record Ready(ApiAddress address) implements ApiAccess {}

  record Lacking(List<String> problems) implements ApiAccess {}

  /**
   * Reads the token; the authority is read when the connection is made.
   *
   * @param asked the property {@code kube-api}
   */
  static ApiAccess of(KitSettings settings, Optional<String> asked) {
    List<String> problems = new ArrayList<>();
    String url = asked.or(settings::api).orElse("");
    if (!isApi(url)) {
      problems.add("property kube-api: is not an http or https URL of an API server");
    } else if (url.startsWith("https:") && !Files.isReadable(settings.authority())) {
      problems.add("the cluster's certificates cannot be read at " + settings.authority());
    }
    String token = token(settings.token(), problems);
    return problems.isEmpty()
        ? new Ready(
            new ApiAddress(
                url.endsWith("/") ? url.substring(0, url.length() - 1) : url,
                settings.authority(),
                token))
        : new Lacking(problems);
  }

  private static boolean isApi(String url) {
    try {
      URI uri = new URI(url);
      return ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))
          && uri.getHost() != null
          && uri.getUserInfo() == null
          && uri.getQuery() == null;
    } catch (URISyntaxException e) {
      return false;
    }
  }

  private static String token(Path file, List<String> problems) {
    try {
      if (Files.size(file) <= 1 << 20) {
        String token = Files.readString(file).strip();
        if (token.matches("[\\x21-\\x7e]+")) {
          return token;
        }
      }
      problems.add("property service-token: " + file + " does not hold a token");
    } catch (IOException e) {
      problems.add("property service-token: " + file + " cannot be read");
    }
    return "";
  }
}
