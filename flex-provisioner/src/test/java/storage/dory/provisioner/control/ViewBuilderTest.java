// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.control;

import static org.assertj.core.api.Assertions.assertThat;
import static storage.dory.provisioner.fakes.Samples.START;
import static storage.dory.provisioner.fakes.Samples.UID;
import static storage.dory.provisioner.fakes.Samples.definition;
import static storage.dory.provisioner.fakes.Samples.deleted;
import static storage.dory.provisioner.fakes.Samples.ended;
import static storage.dory.provisioner.fakes.Samples.made;
import static storage.dory.provisioner.fakes.Samples.order;
import static storage.dory.provisioner.fakes.Samples.running;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.storage.StorageClass;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import storage.dory.provisioner.catalog.Catalog;
import storage.dory.provisioner.catalog.ConfigMapKey;
import storage.dory.provisioner.claim.Sight;
import storage.dory.provisioner.claim.View;
import storage.dory.provisioner.podrun.Action;
import storage.dory.provisioner.podrun.PodFacts;
import storage.dory.provisioner.volume.ClaimUid;

class ViewBuilderTest {
  private final Sightings sightings = new Sightings();
  private final Pods pods = new Pods();
  private final ViewBuilder views =
      new ViewBuilder(pods, new Catalog(), sightings, RecordSeal.off());
  private final Pod first = made(order(Action.PROVISION, 1, definition(Map.of())));
  private final Pod second = made(order(Action.PROVISION, 2, definition(Map.of())));

  @Test
  void absenceThatTheServerConfirmedHoldsWhileNothingRuns() {
    pods.all.add(ended(first, 0, ""));
    assertThat(view().volume()).isInstanceOf(Sight.Unseen.class);

    sightings.volumeIsAbsent(UID);

    assertThat(view().volume()).isInstanceOf(Sight.Gone.class);
  }

  @Test
  void absenceFromBeforeAPodRanIsNoAbsenceAfterwards() {
    sightings.volumeIsAbsent(UID);
    pods.all.add(ended(first, 1, ""));
    pods.all.add(running(second));
    assertThat(view().volume()).isInstanceOf(Sight.Unseen.class);

    pods.all.set(1, ended(second, 0, ""));

    assertThat(view().volume()).isInstanceOf(Sight.Unseen.class);
  }

  @Test
  void absenceHoldsWhileAPodDeletes() {
    sightings.volumeIsAbsent(UID);
    pods.all.add(ended(first, 1, ""));
    pods.all.add(running(made(order(Action.DELETE, 1, definition(Map.of())))));

    assertThat(view().volume()).isInstanceOf(Sight.Gone.class);
  }

  @Test
  void podThatOnlyItsSilentNodeKeepsIsOutOfTheWay() {
    Pod silent = deleted(running(first), START.minusSeconds(100));
    pods.all.add(silent);
    pods.all.add(ended(second, 0, ""));
    assertThat(view().pods()).hasSize(2);

    pods.all.set(0, new PodBuilder(silent).editMetadata().withFinalizers().endMetadata().build());

    assertThat(view().pods()).extracting(PodFacts::attempt).containsExactly(2);
  }

  @Test
  void onlyPodsThatAreInViewAreSaidToHaveTheirSecret() {
    pods.all.add(running(first));
    sightings.secretGiven(first.getMetadata().getUid());
    sightings.secretGiven("another");

    assertThat(view().secretsGiven()).containsExactly(first.getMetadata().getUid());
  }

  private View view() {
    return views.build(UID, START.plusSeconds(20));
  }

  /** A cluster that has pods and nothing else. */
  private static final class Pods implements ClusterView {
    private final List<Pod> all = new ArrayList<>();

    @Override
    public List<Pod> pods(ClaimUid uid) {
      return all;
    }

    @Override
    public Optional<PersistentVolumeClaim> claim(ClaimUid uid) {
      return Optional.empty();
    }

    @Override
    public Optional<PersistentVolumeClaim> claim(String namespace, String name) {
      return Optional.empty();
    }

    @Override
    public List<PersistentVolumeClaim> claimsOf(String storageClass) {
      return List.of();
    }

    @Override
    public Optional<PersistentVolume> volume(String name) {
      return Optional.empty();
    }

    @Override
    public Set<ClaimUid> requestsWithPods() {
      return Set.of(UID);
    }

    @Override
    public Optional<StorageClass> storageClass(String name) {
      return Optional.empty();
    }

    @Override
    public Optional<ConfigMap> configMap(ConfigMapKey key) {
      return Optional.empty();
    }

    @Override
    public List<ConfigMap> configMaps() {
      return List.of();
    }

    @Override
    public Set<String> trusted() {
      return Set.of("dory-system");
    }
  }
}
