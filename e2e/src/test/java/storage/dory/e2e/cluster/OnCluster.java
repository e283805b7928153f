// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.cluster;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.opentest4j.TestAbortedException;

/**
 * Gives a test class the run's {@link Installation}; started once, with the first class that wants
 * it, and closed with the run. Without a cluster the classes are skipped, saying why.
 */
final class OnCluster implements BeforeAllCallback, AfterEachCallback, ParameterResolver {
  private static final Namespace NAMESPACE = Namespace.create(OnCluster.class);
  private static final String NONE =
      "no cluster: E2E_KUBECONFIG is not set and no container engine answers";

  @Override
  public void beforeAll(ExtensionContext context) {
    if (installation(context).isEmpty()) {
      throw new TestAbortedException(NONE);
    }
  }

  @Override
  public void afterEach(ExtensionContext context) {
    run(context).tests().incrementAndGet();
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == Installation.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return installation(context).orElseThrow(() -> new TestAbortedException(NONE));
  }

  private static Optional<Installation> installation(ExtensionContext context) {
    return run(context).installation();
  }

  private static Run run(ExtensionContext context) {
    return context
        .getRoot()
        .getStore(NAMESPACE)
        .computeIfAbsent(Run.class, key -> start(), Run.class);
  }

  private static Run start() {
    Optional<Cluster> cluster =
        new ClusterChoice(System.getenv(), Path.of(System.getProperty("dory.root"))).start();
    cluster.ifPresentOrElse(
        found -> System.out.println("cluster tests run on " + found.describe()),
        () -> System.out.println("cluster tests are skipped: " + NONE));
    return new Run(cluster.map(Installation::new), new AtomicInteger());
  }

  /** Closed by JUnit when the run ends. */
  private record Run(Optional<Installation> installation, AtomicInteger tests)
      implements AutoCloseable {
    @Override
    public void close() {
      System.out.println("cluster tests on a real kubelet: " + tests.get());
      installation.ifPresent(Installation::close);
    }
  }
}
