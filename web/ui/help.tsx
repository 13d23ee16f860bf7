import { Kbd, Modal } from '@mantine/core';
import { KEYS } from './shortcuts.ts';

export const Help = ({ opened, onClose }: { opened: boolean; onClose: () => void }) => (
  <Modal opened={opened} onClose={onClose} title="Keys and mouse" size="lg">
    <table className="list">
      <tbody>
        {KEYS.map(([keys, what]) => (
          <tr key={keys}>
            <td style={{ whiteSpace: 'nowrap' }}>
              <Kbd size="xs">{keys}</Kbd>
            </td>
            <td>{what}</td>
          </tr>
        ))}
      </tbody>
    </table>
    <p className="dim" style={{ marginBottom: 0 }}>
      Axial slices are seen from the feet, coronal ones from the front, sagittal ones from the patient&rsquo;s left.
      Research software, not a medical device.
    </p>
  </Modal>
);
