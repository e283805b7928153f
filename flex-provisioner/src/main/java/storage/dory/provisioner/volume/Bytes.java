// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.volume;

import io.fabric8.kubernetes.api.model.Quantity;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Optional;

/** A size in bytes. */
public record Bytes(long value) implements Comparable<Bytes> {
  private static final List<String> UNITS = List.of("", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei");
  private static final BigDecimal MOST = BigDecimal.valueOf(Long.MAX_VALUE);

  public Bytes {
    if (value < 0) {
      throw new IllegalArgumentException("a size is not negative");
    }
  }

  /** Rounded up to whole bytes; empty when it cannot be read or is too large to be one. */
  public static Optional<Bytes> of(Quantity quantity) {
    try {
      BigDecimal amount = Quantity.getAmountInBytes(quantity).setScale(0, RoundingMode.CEILING);
      return amount.signum() < 0 || amount.compareTo(MOST) > 0
          ? Optional.empty()
          : Optional.of(new Bytes(amount.longValueExact()));
    } catch (IllegalArgumentException | ArithmeticException | NullPointerException e) {
      return Optional.empty();
    }
  }

  /** As people write sizes: in the largest unit of 1024 that divides it. */
  public String quantity() {
    int unit = 0;
    long amount = value;
    while (amount != 0 && amount % 1024 == 0 && unit < UNITS.size() - 1) {
      amount /= 1024;
      unit++;
    }
    return amount + UNITS.get(unit);
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
