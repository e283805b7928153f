// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static storage.dory.provisioner.fakes.Samples.START;
import static storage.dory.provisioner.fakes.Samples.UID;
import static storage.dory.provisioner.fakes.Samples.definition;
import static storage.dory.provisioner.fakes.Samples.order;
import static storage.dory.provisioner.fakes.Samples.pods;

import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import storage.dory.provisioner.catalog.Catalog;
import storage.dory.provisioner.catalog.ConfigMapKey;
import storage.dory.provisioner.catalog.InForce;
import storage.dory.provisioner.claim.Sight;
import storage.dory.provisioner.claim.Step;
import storage.dory.provisioner.claim.Tell;
import storage.dory.provisioner.claim.View;
import storage.dory.provisioner.podrun.Action;
import storage.dory.provisioner.podrun.Order;
import storage.dory.provisioner.reconcile.Backoff;
import storage.dory.provisioner.volume.ClaimUid;

class StepDoerTest {
  private static final ClaimUid NEXT = new ClaimUid("next");

  private final Order order =
      order(Action.PROVISION, 1, definition(Map.of("provisioner.max-pods", "1")));
  private final List<ClaimUid> called = new ArrayList<>();
  private final Slots slots = new Slots(called::add);
  private final Server server = new Server();
  private final InstantSource clock = InstantSource.fixed(START);
  private final StepDoer doer =
      new StepDoer(
          new ClaimReconciler.Ports(
              port(ClusterView.class),
              port(ClusterWriter.class),
              server,
              slots,
              FilerCheck.off(clock),
              RecordSeal.off(),
              Meter.NONE),
          new Catalog(),
          pods(),
          new Sightings(),
          new Refusals(new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(5))),
          clock);

  @Test
  void podThatIsRefusedCallsWhoeverWaitsForItsSlotAtOnce() {
    Optional<Duration> again = doer.perform(view(), new Step.Launch(order));

    assertThat(again).hasValueSatisfying(pause -> assertThat(pause).isPositive());
    assertThat(server.told).singleElement().asString().contains("exceeded quota");
    assertThat(called).containsExactly(NEXT);
  }

  @Test
  void podOfWhichNoAnswerCameCallsWhoeverWaitsToo() {
    server.answers = false;

    assertThatThrownBy(() -> doer.perform(view(), new Step.Launch(order)))
        .hasMessageContaining("no answer");
    assertThat(called).containsExactly(NEXT);
  }

  private View view() {
    return new View(
        UID,
        new Sight.Unseen<>(),
        new Sight.Unseen<>(),
        Optional.empty(),
        new Sight.Unseen<>(),
        List.of(),
        Optional.empty(),
        new InForce.None(),
        Set.of(),
        Set.of());
  }

  /** The methods of an interface that the server has; no other is called here. */
  private <P> P port(Class<P> type) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> {
              try {
                return Server.class
                    .getDeclaredMethod(method.getName(), method.getParameterTypes())
                    .invoke(server, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            }));
  }

  /** Takes no pod; while it is asked somebody else comes who would want the slot. */
  final class Server implements EventSink {
    private final List<String> told = new ArrayList<>();
    private boolean answers = true;

    Optional<PersistentVolumeClaim> claim(ClaimUid uid) {
      return Optional.empty();
    }

    Written<Pod> createPod(Pod pod) {
      assertThat(slots.take(order.definition().source(), "next", 1, NEXT)).isFalse();
      if (!answers) {
        throw new IllegalStateException("no answer");
      }
      return new Written.Rejected<>("exceeded quota: small, requested: pods=1");
    }

    @Override
    public void tell(Tell tell) {
      told.add(tell.message());
    }

    @Override
    public void tell(
        ConfigMapKey about, String objectUid, boolean warning, String reason, String message) {}
  }
}
