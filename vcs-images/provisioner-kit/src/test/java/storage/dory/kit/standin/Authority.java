// SPDX-License-Identifier: Apache-2.0
package storage.dory.kit.standin;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.List;
import java.util.Objects;
import javax.net.ServerSocketFactory;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * A self-signed certificate for localhost and 127.0.0.1, made by the running JDK's keytool.
 *
 * @param certificate PEM file for those who shall trust it
 */
public record Authority(Path keys, Path certificate) {
  private static final String PASSWORD = "stand-in";

  /** Makes a new one in a directory. */
  public static Authority in(Path directory) throws IOException, InterruptedException {
    return in(directory, "secp256r1");
  }

  /** The same with a key on a curve. */
  public static Authority in(Path directory, String curve)
      throws IOException, InterruptedException {
    Authority authority = new Authority(directory.resolve("keys.p12"), directory.resolve("ca.crt"));
    authority.keytool(
        List.of(
            "-genkeypair",
            "-alias",
            "api",
            "-keyalg",
            "EC",
            "-groupname",
            curve,
            "-dname",
            "CN=localhost",
            "-ext",
            "san=dns:localhost,ip:127.0.0.1"));
    authority.keytool(
        List.of("-exportcert", "-alias", "api", "-rfc", "-file", authority.certificate.toString()));
    return authority;
  }

  /** Makes sockets that show the certificate. */
  public ServerSocketFactory sockets() throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(keys)) {
      store.load(in, PASSWORD.toCharArray());
    }
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, PASSWORD.toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(factory.getKeyManagers(), null, null);
    return context.getServerSocketFactory();
  }

  private void keytool(List<String> arguments) throws IOException, InterruptedException {
    String home = Objects.requireNonNull(System.getProperty("java.home"));
    List<String> command = new java.util.ArrayList<>();
    command.add(home + "/bin/keytool");
    command.addAll(arguments);
    command.addAll(
        List.of("-keystore", keys.toString(), "-storetype", "PKCS12", "-storepass", PASSWORD));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    if (process.waitFor() != 0) {
      throw new IOException("keytool failed: " + command);
    }
  }
}
