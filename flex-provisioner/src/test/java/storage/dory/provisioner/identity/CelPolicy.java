// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.identity;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.cel.bundle.Cel;
import dev.cel.bundle.CelFactory;
import dev.cel.common.CelOptions;
import dev.cel.common.CelValidationException;
import dev.cel.common.types.SimpleType;
import dev.cel.common.values.NullValue;
import dev.cel.extensions.CelExtensions;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The expressions of an admission policy that we ship, evaluated as the API server does it: what
 * matches, the variables in their order, then validations or the annotations of the mutation.
 */
final class CelPolicy {
  /** The one form of mutation that we use; what is in it is an expression by itself. */
  private static final Pattern ANNOTATIONS =
      Pattern.compile(
          "Object\\{\\s*metadata: Object\\.metadata\\{\\s*annotations: (\\{.*})\\s*}\\s*}",
          Pattern.DOTALL);

  private static final Cel CEL =
      CelFactory.standardCelBuilder()
          .setOptions(CelOptions.current().build())
          .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
          .addCompilerLibraries(CelExtensions.strings(), CelExtensions.optional())
          .addRuntimeLibraries(CelExtensions.strings(), CelExtensions.optional())
          .addVar("request", SimpleType.DYN)
          .addVar("object", SimpleType.DYN)
          .addVar("oldObject", SimpleType.DYN)
          .addVar("params", SimpleType.DYN)
          .addVar("variables", SimpleType.DYN)
          .build();

  private final List<JsonNode> documents;

  private CelPolicy(List<JsonNode> documents) {
    this.documents = documents;
  }

  /** Of a folder below {@code configmaps/policies}. */
  static CelPolicy shipped(String folder) throws IOException {
    Path file =
        Path.of(System.getProperty("dory.root"), "configmaps", "policies", folder, "policy.yaml");
    try (MappingIterator<JsonNode> all =
        new ObjectMapper(new YAMLFactory()).readerFor(JsonNode.class).readValues(file.toFile())) {
      return new CelPolicy(all.readAll());
    }
  }

  JsonNode spec() {
    return documents.getFirst().path("spec");
  }

  /** The specs of its bindings. */
  List<JsonNode> bindings() {
    return documents.stream().skip(1).map(document -> document.path("spec")).toList();
  }

  boolean matches(Asked asked) {
    return conditions().stream()
        .allMatch(condition -> evaluate(condition, asked, Map.of()).equals(true));
  }

  /** What the mutation writes. */
  Map<String, String> annotations(Asked asked) {
    String expression =
        spec().path("mutations").path(0).path("applyConfiguration").path("expression").asText();
    Matcher form = ANNOTATIONS.matcher(expression);
    if (!form.matches()) {
      throw new IllegalStateException("another form of mutation: " + expression);
    }
    Map<String, String> written = new HashMap<>();
    ((Map<?, ?>) evaluate(form.group(1), asked, variables(asked)))
        .forEach((name, value) -> written.put((String) name, (String) value));
    return written;
  }

  /** Why it is refused; empty when it is not. */
  Optional<String> refusal(Asked asked) {
    Map<String, Object> variables = variables(asked);
    for (JsonNode validation : spec().path("validations")) {
      if (!evaluate(validation.path("expression").asText(), asked, variables).equals(true)) {
        return Optional.of(validation.path("message").asText());
      }
    }
    return Optional.empty();
  }

  private List<String> conditions() {
    return spec()
        .path("matchConditions")
        .valueStream()
        .map(condition -> condition.path("expression").asText())
        .toList();
  }

  private Map<String, Object> variables(Asked asked) {
    Map<String, Object> variables = new HashMap<>();
    for (JsonNode variable : spec().path("variables")) {
      variables.put(
          variable.path("name").asText(),
          evaluate(variable.path("expression").asText(), asked, variables));
    }
    return variables;
  }

  private static Object evaluate(String expression, Asked asked, Map<String, Object> variables) {
    Map<String, Object> all = new HashMap<>();
    all.put("request", value(asked.request()));
    all.put("object", value(asked.object()));
    all.put("oldObject", asked.before().map(CelPolicy::value).orElse(NullValue.NULL_VALUE));
    all.put("params", asked.params().map(CelPolicy::value).orElse(NullValue.NULL_VALUE));
    all.put("variables", variables);
    try {
      return CEL.createProgram(CEL.compile(expression).getAst()).eval(all);
    } catch (CelValidationException | CelEvaluationException e) {
      throw new IllegalStateException(expression + ": " + e.getMessage(), e);
    }
  }

  private static Object value(JsonNode node) {
    return new ObjectMapper().convertValue(node, new TypeReference<Map<String, Object>>() {});
  }

  /**
   * A request for admission.
   *
   * @param before of an update
   * @param params as its binding selects them
   */
  record Asked(
      JsonNode request, JsonNode object, Optional<JsonNode> before, Optional<JsonNode> params) {}
}
