// SPDX-License-Identifier: GPL-2.0
/*
 * The parent: one QEMU pci-testdev function. Nothing of that device is used;
 * it is there so that a virtual machine can have any number of mdev parents at
 * fixed addresses.
 */
#include <linux/debugfs.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/slab.h>

#include "gvt_sample.h"

/* As in i915: the number is how many fit into one parent */
static const struct gvt_type gvt_types[GVT_NR_TYPES] = {
	{ { "GVTg_V5_2", "Sample vGPU, a half" }, 4 },
	{ { "GVTg_V5_4", "Sample vGPU, a quarter" }, 2 },
	{ { "GVTg_V5_8", "Sample vGPU, an eighth" }, 1 },
};

static int gvt_pci_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct gvt_parent *parent;
	int i, ret;

	parent = kzalloc(sizeof(*parent), GFP_KERNEL);
	if (!parent)
		return -ENOMEM;

	parent->dev = &pdev->dev;
	atomic_set(&parent->free_units, GVT_UNITS);
	mutex_init(&parent->node_lock);
	INIT_LIST_HEAD(&parent->devices);
	init_waitqueue_head(&parent->hang_wq);
	gvt_settings_init(parent);
	for (i = 0; i < GVT_NR_TYPES; i++) {
		parent->types[i] = gvt_types[i];
		parent->type_ptrs[i] = &parent->types[i].type;
	}
	pci_set_drvdata(pdev, parent);

	/* From here on mdevs can be created: all above must be ready */
	ret = mdev_register_parent(&parent->mdev, &pdev->dev, &gvt_mdev_driver,
				   parent->type_ptrs, GVT_NR_TYPES);
	if (ret)
		goto err_free;

	ret = gvt_type_nodes(parent, true);
	if (ret)
		goto err_unregister;

	gvt_settings_add(parent);
	return 0;

err_unregister:
	mdev_unregister_parent(&parent->mdev);
err_free:
	kfree(parent);
	return ret;
}

static void gvt_pci_remove(struct pci_dev *pdev)
{
	struct gvt_parent *parent = pci_get_drvdata(pdev);

	/*
	 * Everything below waits for the show() and store() calls that are
	 * under way, so those that sleep on purpose go first. Then the
	 * settings, so that nobody adds a node again, then the type nodes,
	 * while the core still has their directories.
	 */
	WRITE_ONCE(parent->going, true);
	wake_up_all(&parent->hang_wq);
	debugfs_remove(parent->debugfs);
	gvt_type_nodes(parent, false);
	mdev_unregister_parent(&parent->mdev);
	kfree(parent);
}

static const struct pci_device_id gvt_pci_ids[] = {
	{ PCI_DEVICE(PCI_VENDOR_ID_REDHAT, 0x0005) },	/* pci-testdev */
	{ }
};
MODULE_DEVICE_TABLE(pci, gvt_pci_ids);

/* The mdev core makes type ids from this name: gvt_sample-GVTg_V5_4 */
static struct pci_driver gvt_pci_driver = {
	.name = GVT_NAME,
	.id_table = gvt_pci_ids,
	.probe = gvt_pci_probe,
	.remove = gvt_pci_remove,
};

static int __init gvt_init(void)
{
	int ret;

	ret = gvt_dirty_init();
	if (ret)
		return ret;
	ret = mdev_register_driver(&gvt_mdev_driver);
	if (ret)
		goto err_dirty;
	gvt_debugfs_root = debugfs_create_dir(GVT_NAME, NULL);
	ret = pci_register_driver(&gvt_pci_driver);
	if (ret)
		goto err_mdev;
	return 0;

err_mdev:
	debugfs_remove(gvt_debugfs_root);
	mdev_unregister_driver(&gvt_mdev_driver);
err_dirty:
	gvt_dirty_exit();
	return ret;
}

static void __exit gvt_exit(void)
{
	pci_unregister_driver(&gvt_pci_driver);
	debugfs_remove(gvt_debugfs_root);
	mdev_unregister_driver(&gvt_mdev_driver);
	gvt_dirty_exit();
}

module_init(gvt_init);
module_exit(gvt_exit);

MODULE_DESCRIPTION("Sample mdev parent driver with migration_version");
MODULE_LICENSE("GPL");
