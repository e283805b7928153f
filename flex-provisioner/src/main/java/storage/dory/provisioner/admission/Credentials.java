// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.admission;

import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import storage.dory.provisioner.identity.SealKey;

/**
 * All that the webhook needs, as it is kept in one Secret that all replicas share.
 *
 * @param authority signs what is served
 * @param former authorities that are still trusted, newest first
 * @param serving what the server shows
 * @param seal key of the stamps on claims
 */
public record Credentials(
    Issued authority, List<X509Certificate> former, Issued serving, SealKey seal) {
  private static final String AUTHORITIES = "ca.crt";
  private static final String AUTHORITY_KEY = "ca.key";
  private static final String SERVING = "tls.crt";
  private static final String SERVING_KEY = "tls.key";
  private static final int DOOR_LETTERS = 32;

  public Credentials {
    former = List.copyOf(former);
  }

  /** What the API server shall trust, in PEM. */
  public byte[] bundle() {
    List<X509Certificate> all = new ArrayList<>();
    all.add(authority.certificate());
    all.addAll(former);
    return Pem.of(all);
  }

  /**
   * A part of the webhook's path that only the API server is told: the webhook has no other way to
   * know who asks, and whoever may ask gets seals.
   */
  public String door() {
    return HexFormat.of().formatHex(seal.seal(List.of("door v1"))).substring(0, DOOR_LETTERS);
  }

  /** As it is kept. */
  public Map<String, byte[]> data() {
    Map<String, byte[]> data = new TreeMap<>();
    data.put(AUTHORITIES, bundle());
    data.put(AUTHORITY_KEY, Pem.of(authority.key()));
    data.put(SERVING, Pem.of(List.of(serving.certificate())));
    data.put(SERVING_KEY, Pem.of(serving.key()));
    data.put(SealKey.ENTRY, seal.kept());
    return data;
  }

  /** As it was kept; empty when anything of it is missing or broken. */
  public static Optional<Credentials> read(Map<String, byte[]> data) {
    Optional<SealKey> seal = seal(data);
    byte @Nullable [] authorities = data.get(AUTHORITIES);
    byte @Nullable [] authorityKey = data.get(AUTHORITY_KEY);
    byte @Nullable [] serving = data.get(SERVING);
    byte @Nullable [] servingKey = data.get(SERVING_KEY);
    if (seal.isEmpty()
        || authorities == null
        || authorityKey == null
        || serving == null
        || servingKey == null) {
      return Optional.empty();
    }
    try {
      List<X509Certificate> all = Pem.certificates(authorities);
      List<X509Certificate> chain = Pem.certificates(serving);
      return all.isEmpty() || chain.isEmpty()
          ? Optional.empty()
          : Optional.of(
              new Credentials(
                  new Issued(all.getFirst(), Pem.key(authorityKey)),
                  all.subList(1, all.size()),
                  new Issued(chain.getFirst(), Pem.key(servingKey)),
                  seal.get()));
    } catch (GeneralSecurityException e) {
      return Optional.empty();
    }
  }

  /** The key of the stamps alone, which is worth keeping when the rest is broken. */
  public static Optional<SealKey> seal(Map<String, byte[]> data) {
    return Optional.ofNullable(data.get(SealKey.ENTRY)).flatMap(SealKey::read);
  }

  @Override
  public String toString() {
    return "credentials, serving " + serving;
  }
}
