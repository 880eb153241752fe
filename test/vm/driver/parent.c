// SPDX-License-Identifier: GPL-2.0
/*
 * The parent: one QEMU pci-testdev function. Nothing of that device is used;
 * it is there so that a virtual machine can have any number of mdev parents at
 * fixed addresses.
 */
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/slab.h>

#include "gvt_sample.h"

static const struct {
	const char *name;
	const char *pretty_name;
	unsigned int cost;
} gvt_type_table[GVT_NR_TYPES] = {
	/* As in i915: the number is how many fit into one parent */
	{ "GVTg_V5_2", "Sample vGPU, a half", 4 },
	{ "GVTg_V5_4", "Sample vGPU, a quarter", 2 },
	{ "GVTg_V5_8", "Sample vGPU, an eighth", 1 },
};

int gvt_budget_take(struct gvt_parent *parent, unsigned int cost)
{
	guard(spinlock)(&parent->budget_lock);
	if (parent->free_units < cost)
		return -ENOSPC;
	parent->free_units -= cost;
	return 0;
}

void gvt_budget_return(struct gvt_parent *parent, unsigned int cost)
{
	guard(spinlock)(&parent->budget_lock);
	parent->free_units += cost;
}

static void gvt_types_init(struct gvt_parent *parent)
{
	int i;

	for (i = 0; i < GVT_NR_TYPES; i++) {
		struct gvt_type *type = &parent->types[i];

		type->type.sysfs_name = gvt_type_table[i].name;
		type->type.pretty_name = gvt_type_table[i].pretty_name;
		type->cost = gvt_type_table[i].cost;
		parent->type_ptrs[i] = &type->type;
	}
}

static int gvt_pci_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct gvt_parent *parent;
	int ret;

	parent = kzalloc(sizeof(*parent), GFP_KERNEL);
	if (!parent)
		return -ENOMEM;

	parent->dev = &pdev->dev;
	parent->free_units = GVT_UNITS;
	spin_lock_init(&parent->budget_lock);
	mutex_init(&parent->node_lock);
	INIT_LIST_HEAD(&parent->devices);
	init_waitqueue_head(&parent->hang_wq);
	gvt_settings_defaults(parent);
	gvt_types_init(parent);
	pci_set_drvdata(pdev, parent);

	/* From here on mdevs can be created: all above must be ready */
	ret = mdev_register_parent(&parent->mdev, &pdev->dev, &gvt_mdev_driver,
				   parent->type_ptrs, GVT_NR_TYPES);
	if (ret)
		goto err_free;

	ret = gvt_nodes_set(parent, GVT_TYPE_NODE, true);
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
	 * settings, so that nobody adds a node again, then the type nodes:
	 * they have to be gone before the core takes their directories away.
	 */
	gvt_let_go(parent);
	gvt_settings_del(parent);
	gvt_nodes_set(parent, GVT_TYPE_NODE, false);
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

	ret = mdev_register_driver(&gvt_mdev_driver);
	if (ret)
		return ret;

	gvt_settings_init();
	gvt_dirty_init();

	ret = pci_register_driver(&gvt_pci_driver);
	if (ret) {
		gvt_dirty_exit();
		gvt_settings_exit();
		mdev_unregister_driver(&gvt_mdev_driver);
	}
	return ret;
}

static void __exit gvt_exit(void)
{
	pci_unregister_driver(&gvt_pci_driver);
	gvt_dirty_exit();
	gvt_settings_exit();
	mdev_unregister_driver(&gvt_mdev_driver);
}

module_init(gvt_init);
module_exit(gvt_exit);

MODULE_DESCRIPTION("Sample mdev parent driver with migration_version");
MODULE_LICENSE("GPL");
