// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.flex;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** JSON values in the words of the original Dory's language, which knows numbers as doubles. */
final class GoText {
  /**
   * The power of ten from which numbers are written with an exponent, as below the minus fourth.
   */
  private static final int FIRST_EXPONENT = 6;

  private GoText() {}

  static String of(JsonNode value) {
    if (value.isNumber()) {
      return number(value.asDouble());
    }
    if (value.isArray()) {
      List<String> elements = new ArrayList<>();
      value.forEach(each -> elements.add(of(each)));
      return "[" + String.join(" ", elements) + "]";
    }
    if (value.isObject()) {
      Map<String, String> members = new TreeMap<>();
      value.properties().forEach(each -> members.put(each.getKey(), of(each.getValue())));
      List<String> pairs = new ArrayList<>();
      members.forEach((key, each) -> pairs.add(key + ":" + each));
      return "map[" + String.join(" ", pairs) + "]";
    }
    return value.isNull() ? "<nil>" : value.asText();
  }

  static String kindOf(JsonNode value) {
    return value.isArray() ? "slice" : value.isObject() ? "map" : typeOf(value);
  }

  static String typeOf(JsonNode value) {
    return switch (value.getNodeType()) {
      case BOOLEAN -> "bool";
      case NUMBER -> "float64";
      case STRING -> "string";
      case ARRAY -> "[]interface {}";
      case OBJECT, POJO -> "map[string]interface {}";
      case NULL, MISSING, BINARY -> "<nil>";
    };
  }

  private static String number(double value) {
    if (value == 0 || Double.isInfinite(value)) {
      return value == 0 ? "0" : value < 0 ? "-Inf" : "+Inf";
    }
    BigDecimal digits = BigDecimal.valueOf(value).stripTrailingZeros();
    int exponent = digits.precision() - digits.scale() - 1;
    if (exponent >= -4 && exponent < FIRST_EXPONENT) {
      return digits.toPlainString();
    }
    String sign = exponent < 0 ? "-" : "+";
    String power = Math.abs(exponent) < 10 ? "0" + Math.abs(exponent) : "" + Math.abs(exponent);
    return digits.scaleByPowerOfTen(-exponent).toPlainString() + "e" + sign + power;
  }
}
