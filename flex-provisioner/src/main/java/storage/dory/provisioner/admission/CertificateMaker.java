// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.admission;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Makes certificates: an authority of our own, and what it signs for the webhook server. */
public final class CertificateMaker {
  /** A certificate is good from a little earlier: clocks differ. */
  private static final Duration EARLIER = Duration.ofMinutes(5);

  private static final int SERIAL_BITS = 120;

  private final SecureRandom random;

  /** Makes keys and serial numbers from this randomness. */
  public CertificateMaker(SecureRandom random) {
    this.random = random;
  }

  /** A new authority. */
  public Issued authority(Instant now, Duration life) {
    BigInteger serial = serial();
    // with its number in the name no two are mixed up while both are trusted
    X500Name name = new X500Name("CN=dory-admission-authority-" + serial.toString(16));
    KeyPair keys = keys();
    try {
      X509v3CertificateBuilder builder =
          builder(name, serial, name, keys, now, life)
              .addExtension(Extension.basicConstraints, true, new BasicConstraints(0))
              .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign));
      return new Issued(signed(builder, keys), keys.getPrivate());
    } catch (CertIOException e) {
      throw failed(e);
    }
  }

  /** A server certificate for DNS names; not good for longer than its authority. */
  public Issued serving(Issued authority, List<String> names, Instant now, Duration life) {
    KeyPair keys = keys();
    Duration left = Duration.between(now, authority.certificate().getNotAfter().toInstant());
    GeneralName[] alternatives =
        names.stream()
            .map(name -> new GeneralName(GeneralName.dNSName, name))
            .toArray(GeneralName[]::new);
    try {
      X509v3CertificateBuilder builder =
          builder(
                  new X500Name(authority.certificate().getSubjectX500Principal().getName()),
                  serial(),
                  new X500Name("CN=dory-admission"),
                  keys,
                  now,
                  left.compareTo(life) < 0 ? left : life)
              .addExtension(Extension.basicConstraints, true, new BasicConstraints(false))
              .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature))
              .addExtension(
                  Extension.extendedKeyUsage,
                  false,
                  new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth))
              .addExtension(
                  Extension.authorityKeyIdentifier,
                  false,
                  new JcaX509ExtensionUtils()
                      .createAuthorityKeyIdentifier(authority.certificate().getPublicKey()))
              .addExtension(
                  Extension.subjectAlternativeName, false, new GeneralNames(alternatives));
      return new Issued(
          signed(builder, new KeyPair(authority.certificate().getPublicKey(), authority.key())),
          keys.getPrivate());
    } catch (CertIOException | GeneralSecurityException e) {
      throw failed(e);
    }
  }

  private static X509v3CertificateBuilder builder(
      X500Name issuer,
      BigInteger serial,
      X500Name subject,
      KeyPair keys,
      Instant now,
      Duration life)
      throws CertIOException {
    try {
      return new JcaX509v3CertificateBuilder(
              issuer,
              serial,
              Date.from(now.minus(EARLIER)),
              Date.from(now.plus(life)),
              subject,
              keys.getPublic())
          .addExtension(
              Extension.subjectKeyIdentifier,
              false,
              new JcaX509ExtensionUtils().createSubjectKeyIdentifier(keys.getPublic()));
    } catch (GeneralSecurityException e) {
      throw failed(e);
    }
  }

  private static X509Certificate signed(X509v3CertificateBuilder builder, KeyPair signer) {
    try {
      return new JcaX509CertificateConverter()
          .getCertificate(
              builder.build(
                  new JcaContentSignerBuilder("SHA256withECDSA").build(signer.getPrivate())));
    } catch (OperatorCreationException | GeneralSecurityException e) {
      throw failed(e);
    }
  }

  private KeyPair keys() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"), random);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw failed(e);
    }
  }

  private BigInteger serial() {
    return new BigInteger(SERIAL_BITS, random).setBit(SERIAL_BITS);
  }

  private static IllegalStateException failed(Exception e) {
    return new IllegalStateException("a certificate cannot be made: " + e.getMessage(), e);
  }
}
