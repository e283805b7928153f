// SPDX-License-Identifier: Apache-2.0
package storage.dory.kit.kube;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import javax.net.ssl.SSLException;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okhttp3.ResponseBody;
import okio.BufferedSource;

/**
 * The PersistentVolumes of a cluster. Each call makes one request, follows no redirect, and ends
 * within its limit.
 */
public final class Volumes {
  private static final String PATH = "/api/v1/persistentvolumes";
  private static final MediaType JSON_TYPE = MediaType.get("application/json");
  private static final long LARGEST_ANSWER = 4L << 20;
  private static final int LONGEST_WORDS = 1000;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final ApiAddress address;
  private final OkHttpClient http;

  /**
   * @param http as {@link ApiConnection} makes it for the address
   * @param limit of a whole call
   */
  public Volumes(ApiAddress address, OkHttpClient http, Duration limit) {
    this.address = address;
    this.http = http.newBuilder().callTimeout(limit).build();
  }

  /** Creates one. Safe to repeat: its name is taken the second time. */
  public ApiReply create(JsonNode volume) {
    try {
      return call(
          "creating the PersistentVolume",
          builder("").post(RequestBody.create(JSON.writeValueAsBytes(volume), JSON_TYPE)));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree can be written as JSON", e);
    }
  }

  /**
   * Reads one.
   *
   * @param name of the API's own grammar, so that it is a path segment as it is
   */
  public ApiReply get(String name) {
    return call("reading the PersistentVolume", builder("/" + name).get());
  }

  private Request.Builder builder(String rest) {
    return new Request.Builder()
        .url(address.url() + PATH + rest)
        .header("Accept", "application/json")
        .header("User-Agent", "dory-provisioner-kit")
        .header("Authorization", "Bearer " + address.token());
  }

  private ApiReply call(String what, Request.Builder request) {
    try (Response response = http.newCall(request.build()).execute()) {
      String body = text(response.body());
      JsonNode object = tree(body);
      int status = response.code();
      String words = words(object, body, status);
      return switch (status) {
        case 200, 201, 202 ->
            object.isObject()
                ? new ApiReply.Answered(object)
                : new ApiReply.Failed(what + " at " + address + ": the answer is not JSON", true);
        case 404 ->
            "NotFound".equals(object.path("reason").asText())
                ? new ApiReply.Missing()
                : new ApiReply.Invalid(what + " at " + address + ": " + words);
        case 409 -> new ApiReply.Taken();
        case 403 -> new ApiReply.Forbidden(words);
        case 400, 405, 406, 413, 415, 422 -> new ApiReply.Invalid(words);
        default -> new ApiReply.Failed(what + " at " + address + ": " + words, status >= 500);
      };
    } catch (ConnectException | SSLException e) {
      return new ApiReply.Failed(what + " at " + address + ": " + e.getMessage(), false);
    } catch (IOException e) {
      return new ApiReply.Failed(what + " at " + address + ": " + e.getMessage(), true);
    }
  }

  private static JsonNode tree(String body) {
    try {
      return JSON.readTree(body);
    } catch (JsonProcessingException e) {
      return JsonNodeFactory.instance.missingNode();
    }
  }

  private static String words(JsonNode object, String body, int status) {
    String message = object.path("message").asText("");
    String words = message.isEmpty() ? "HTTP status " + status + " " + body : message;
    return words.length() <= LONGEST_WORDS ? words : words.substring(0, LONGEST_WORDS) + "...";
  }

  private static String text(ResponseBody body) throws IOException {
    BufferedSource source = body.source();
    if (source.request(LARGEST_ANSWER + 1)) {
      throw new IOException("the answer is larger than " + (LARGEST_ANSWER >> 20) + " MiB");
    }
    return source.getBuffer().readString(StandardCharsets.UTF_8);
  }
}
