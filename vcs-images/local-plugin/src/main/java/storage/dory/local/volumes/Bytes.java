// SPDX-License-Identifier: Apache-2.0
package storage.dory.local.volumes;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An amount of storage.
 *
 * @param value in bytes, not negative
 */
public record Bytes(long value) implements Comparable<Bytes> {
  private static final Pattern QUANTITY =
      Pattern.compile("([0-9]{1,30}(?:\\.[0-9]{0,30})?)(?:([eE][0-9]{1,2})|([A-Za-z]{0,2}))");
  private static final Map<String, BigInteger> UNITS =
      Map.ofEntries(
          Map.entry("", BigInteger.ONE),
          Map.entry("k", BigInteger.TEN.pow(3)),
          Map.entry("M", BigInteger.TEN.pow(6)),
          Map.entry("G", BigInteger.TEN.pow(9)),
          Map.entry("T", BigInteger.TEN.pow(12)),
          Map.entry("P", BigInteger.TEN.pow(15)),
          Map.entry("E", BigInteger.TEN.pow(18)),
          Map.entry("Ki", BigInteger.TWO.pow(10)),
          Map.entry("Mi", BigInteger.TWO.pow(20)),
          Map.entry("Gi", BigInteger.TWO.pow(30)),
          Map.entry("Ti", BigInteger.TWO.pow(40)),
          Map.entry("Pi", BigInteger.TWO.pow(50)),
          Map.entry("Ei", BigInteger.TWO.pow(60)));

  public Bytes {
    if (value < 0) {
      throw new IllegalArgumentException("an amount of storage is not negative: " + value);
    }
  }

  /**
   * Reads a quantity as Kubernetes writes it: {@code 1073741824}, {@code 1Gi}, {@code 1.5G}, {@code
   * 1e9}. A part of a byte counts as one. Empty when it is none, or too large for a file.
   */
  public static Optional<Bytes> parse(String text) {
    Matcher parts = QUANTITY.matcher(text);
    if (!parts.matches()) {
      return Optional.empty();
    }
    String exponent = parts.group(2);
    BigInteger unit = UNITS.get(exponent == null ? parts.group(3) : "");
    if (unit == null) {
      return Optional.empty();
    }
    BigInteger bytes =
        new BigDecimal(parts.group(1) + (exponent == null ? "" : exponent))
            .multiply(new BigDecimal(unit))
            .setScale(0, RoundingMode.CEILING)
            .toBigIntegerExact();
    return bytes.bitLength() < Long.SIZE
        ? Optional.of(new Bytes(bytes.longValueExact()))
        : Optional.empty();
  }

  @Override
  public int compareTo(Bytes other) {
    return Long.compare(value, other.value);
  }

  @Override
  public String toString() {
    return Long.toString(value);
  }
}
